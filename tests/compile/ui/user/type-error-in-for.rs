// A type error in a `for`.
#[guard_runtime::loop_guard(timeout = "30s")]
fn sum(numbers: &[u32]) -> u32 {
    let mut sum = 0;
    for number in numbers {
        sum += number;
        let text: &str = sum;
        println!("{text}");
    }
    sum
}

fn main() {
    println!("{}", sum(&[1]));
}
