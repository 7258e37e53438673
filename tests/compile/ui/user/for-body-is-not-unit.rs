// A loop body that ends in a value.
#[guard_runtime::loop_guard(timeout = "30s")]
fn touch(numbers: &[u32]) {
    for number in numbers {
        number + 1
    }
    while numbers.is_empty() {
        "text"
    }
}

fn main() {
    touch(&[1]);
}
