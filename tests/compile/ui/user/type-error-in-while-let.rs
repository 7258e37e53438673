// A pattern of another type.
#[guard_runtime::loop_guard(timeout = "30s")]
fn drain(mut stack: Vec<u32>) -> u32 {
    let mut sum = 0;
    while let Ok(number) = stack.pop() {
        sum += number;
    }
    sum
}

fn main() {
    println!("{}", drain(vec![1]));
}
