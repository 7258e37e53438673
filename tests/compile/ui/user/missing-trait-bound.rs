// An operator and a method that the bound does not give.
#[guard_runtime::loop_guard(timeout = "30s")]
fn sum<T>(numbers: &[T], zero: T) -> T {
    let mut sum = zero;
    for number in numbers {
        sum = sum + *number;
    }
    sum
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn show<T>(items: Vec<T>) {
    for item in items {
        println!("{item}");
    }
}

fn main() {
    println!("{}", sum(&[1], 0));
    show(vec![1]);
}
