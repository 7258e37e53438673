// `on_trip = "error"` in a function of another type.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "error")]
fn count(numbers: &[u32]) -> u32 {
    let mut count = 0;
    for _ in numbers {
        count += 1;
    }
    count
}

fn main() {
    println!("{}", count(&[]));
}
