//! A type that the guard cannot see to be undecided: the message says where to write it.

use std::collections::BTreeSet;

use guard_runtime::loop_guard;

fn filled<T: Extend<u32> + Default>(n: u32) -> T {
    let mut list = T::default();
    list.extend(0..n);
    list
}

#[loop_guard(timeout = "1s")]
fn settle(n: u32) -> (u32, BTreeSet<u32>) {
    let list = filled(n);
    let mut sum = 0;
    for x in &list {
        sum += x;
    }
    (sum, list)
}

fn main() {
    settle(3);
}
