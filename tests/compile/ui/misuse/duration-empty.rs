// An empty duration.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "")]
fn a() {}

#[loop_guard(timeout = "   ")]
fn b() {}

fn main() {
    a();
    b();
}
