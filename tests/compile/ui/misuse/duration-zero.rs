// A duration of no time at all.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "0s")]
fn a() {}

#[loop_guard(timeout = "0h 0m 0ns")]
fn b() {}

#[loop_guard(timeout = "0")]
fn c() {}

fn main() {
    a();
    b();
    c();
}
