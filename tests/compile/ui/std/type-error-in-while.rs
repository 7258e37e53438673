// A type error in a `while`, and a condition that is no `bool`.
#[guard_runtime::loop_guard(timeout = "30s")]
fn count(mut left: u32) -> u32 {
    let mut count = 0;
    while left {
        left -= "1";
        count += 1;
    }
    count
}

fn main() {
    println!("{}", count(1));
}
