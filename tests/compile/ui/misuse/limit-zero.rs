// A budget that is spent before anything runs.
use guard_runtime::loop_guard;

#[loop_guard(iterations = 0)]
fn a() {}

#[loop_guard(iterations = 0u64)]
fn b() {}

#[loop_guard(depth = 0)]
fn c() {}

fn main() {
    a();
    b();
    c();
}
