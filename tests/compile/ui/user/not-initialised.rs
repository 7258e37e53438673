// A variable that an empty loop leaves without a value.
#[guard_runtime::loop_guard(timeout = "30s")]
fn last(numbers: &[u32]) -> u32 {
    let last;
    for number in numbers {
        last = *number;
    }
    last
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn sometimes(numbers: &[u32]) -> u32 {
    let value: u32;
    while numbers.is_empty() {
        value = 3;
        break;
    }
    value
}

fn main() {
    println!("{} {}", last(&[1]), sometimes(&[1]));
}
