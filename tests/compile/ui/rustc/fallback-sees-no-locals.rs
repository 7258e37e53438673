// A fallback runs when the body and its locals are gone.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", fallback = sum)]
fn add(numbers: &[u32]) -> u32 {
    let mut sum = 0;
    for number in numbers {
        sum += number;
    }
    sum
}

fn main() {
    println!("{}", add(&[]));
}
