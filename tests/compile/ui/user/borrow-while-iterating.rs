// A container changed while a loop walks it.
#[guard_runtime::loop_guard(timeout = "30s")]
fn double(numbers: &mut Vec<u32>) {
    for number in numbers.iter() {
        numbers.push(*number);
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn assign(numbers: &mut [u32]) {
    let first = &numbers[0];
    while *first > 0 {
        numbers[0] = 0;
    }
}

fn main() {
    double(&mut vec![1]);
    assign(&mut [1]);
}
