// `break` values of two types.
#[guard_runtime::loop_guard(timeout = "30s")]
fn first(numbers: &[u32]) -> u32 {
    let mut index = 0;
    let found = loop {
        if index == numbers.len() {
            break None;
        }
        if numbers[index] > 3 {
            break numbers[index];
        }
        index += 1;
    };
    found
}

fn main() {
    println!("{}", first(&[1]));
}
