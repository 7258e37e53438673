// A text that is no duration.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "soon")]
fn a() {}

#[loop_guard(timeout = "30")]
fn b() {}

#[loop_guard(timeout = "30 parsecs")]
fn c() {}

#[loop_guard(timeout = "s")]
fn d() {}

#[loop_guard(timeout = "1h 30")]
fn e() {}

fn main() {
    a();
    b();
    c();
    d();
    e();
}
