// A duration as any other literal.
use guard_runtime::loop_guard;

#[loop_guard(timeout = true)]
fn a() {}

#[loop_guard(timeout = 's')]
fn b() {}

#[loop_guard(timeout = b"30s")]
fn c() {}

fn main() {
    a();
    b();
    c();
}
