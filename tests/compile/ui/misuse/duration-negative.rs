// A duration below zero.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "-30s")]
fn a() {}

#[loop_guard(timeout = -30)]
fn b() {}

#[loop_guard(timeout = -"30s")]
fn c() {}

fn main() {
    a();
    b();
    c();
}
