// A `for` over an `Option`.
#![deny(for_loops_over_fallibles)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> u32 {
    let mut sum = 0;
    for number in numbers.first() {
        println!("{number}");
    }
    for number in numbers.first() {
        sum += number;
    }
    sum
}

fn main() {
    println!("{}", walk(&[1]));
}
