// Unused variables, and a `mut` for nothing.
#![deny(unused_variables, unused_mut, unused_assignments)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32], unused: u32) {
    let mut never = 3;
    for (index, number) in numbers.iter().enumerate() {
        println!("{number}");
    }
    let mut last = 0;
    for number in numbers {
        last = *number;
    }
    println!("{never}");
}

fn main() {
    walk(&[1], 2);
}
