// A variable with a typing error.
#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> u32 {
    let mut total = 0;
    for number in numbers {
        total += nmber;
    }
    totl
}

fn main() {
    println!("{}", walk(&[1]));
}
