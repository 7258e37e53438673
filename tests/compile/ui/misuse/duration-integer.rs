// A duration without a unit.
use guard_runtime::loop_guard;

#[loop_guard(timeout = 30)]
fn a() {}

#[loop_guard(timeout = 30_u64)]
fn b() {}

#[loop_guard(timeout = 0)]
fn c() {}

fn main() {
    a();
    b();
    c();
}
