// A loop pattern that may not match.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[Option<u32>]) -> u32 {
    let mut sum = 0;
    for Some(number) in numbers {
        sum += number;
    }
    sum
}

fn main() {
    println!("{}", walk(&[None]));
}
