// `unsafe` of the user's, in a crate that forbids it.
#![forbid(unsafe_code)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) -> u32 {
    let mut sum = 0;
    for index in 0..numbers.len() {
        sum += unsafe { *numbers.get_unchecked(index) };
    }
    sum
}

fn main() {
    println!("{}", walk(&[1]));
}
