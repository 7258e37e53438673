// Items that nobody uses, inside and beside a guarded function.
#![deny(dead_code, unused_imports)]

#[guard_runtime::loop_guard(timeout = "30s")]
fn walk(numbers: &[u32]) {
    use std::collections::HashMap;
    const UNUSED: u32 = 3;
    fn inner() {}
    for number in numbers {
        struct Unused;
        println!("{number}");
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn never_called() {
    loop {}
}

fn main() {
    walk(&[1]);
}
