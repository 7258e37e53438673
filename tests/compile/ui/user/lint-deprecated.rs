// A deprecated function called in a loop, and a deprecated guarded function.
#![deny(deprecated)]

#[deprecated(note = "use `stride`")]
fn step() {}

#[guard_runtime::loop_guard(timeout = "30s")]
#[deprecated(note = "use `run`")]
fn walk(numbers: &[u32]) {
    for _ in numbers {
        step();
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
fn run(numbers: &[u32]) {
    for _ in numbers {
        step();
    }
}

fn main() {
    walk(&[1]);
    run(&[1]);
}
