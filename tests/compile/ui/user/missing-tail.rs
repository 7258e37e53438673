// A function whose body ends without the value.
#[guard_runtime::loop_guard(timeout = "30s")]
fn count(numbers: &[u32]) -> u32 {
    let mut count = 0;
    for _ in numbers {
        count += 1;
    }
    count;
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn search(numbers: &[u32]) -> Option<u32> {
    for number in numbers {
        if *number > 3 {
            return Some(*number);
        }
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn wrapped(mut left: u32) -> Result<(), Box<dyn std::error::Error>> {
    while left > 0 {
        left -= 1;
    }
}

fn main() {
    println!("{} {:?} {:?}", count(&[1]), search(&[1]), wrapped(1));
}
