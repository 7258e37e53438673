// A `let else` that does not leave.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[Option<u32>]) -> u32 {
    let mut sum = 0;
    for number in numbers {
        let Some(number) = number else {
            sum += 1;
        };
        sum += number;
    }
    sum
}

fn main() {
    println!("{}", walk(&[None]));
}
