// A fallback of another type than the function returns.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", fallback = "none")]
fn count(numbers: &[u32]) -> usize {
    let mut count = 0;
    for _ in numbers {
        count += 1;
    }
    count
}

#[loop_guard(timeout = "30s", fallback = None)]
fn plain() -> u32 {
    loop {}
}

fn main() {
    println!("{} {}", count(&[]), plain());
}
