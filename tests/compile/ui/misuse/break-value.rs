// `on_trip = "break"` has no value for these loops.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "break")]
fn first(numbers: &[u32]) -> u32 {
    let mut index = 0;
    let found = loop {
        if numbers[index] > 3 {
            break numbers[index];
        }
        index += 1;
    };
    found + 1
}

#[loop_guard(timeout = "30s", on_trip = "break")]
fn labelled(numbers: &[u32]) -> u32 {
    'search: loop {
        for number in numbers {
            if *number > 3 {
                break 'search *number;
            }
        }
    }
}

fn main() {
    println!("{} {}", first(&[4]), labelled(&[4]));
}
