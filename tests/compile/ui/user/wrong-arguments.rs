// Calls with too few, too many and wrong arguments, also of the guarded function.
#[guard_runtime::loop_guard(timeout = "30s")]
fn sum(numbers: &[u32], start: u32) -> u32 {
    let mut sum = start;
    for number in numbers {
        sum = add(sum);
        sum = add(sum, *number, 3);
        sum = add("1", *number);
    }
    sum
}

fn add(a: u32, b: u32) -> u32 {
    a + b
}

fn main() {
    println!("{} {} {}", sum(&[1]), sum(3, 4), sum(&[1], 2, 3));
}
