// A key without its value.
use guard_runtime::loop_guard;

#[loop_guard(timeout)]
fn a() {}

#[loop_guard(timeout =)]
fn b() {}

#[loop_guard(iterations, timeout = "30s")]
fn c() {}

#[loop_guard(timeout = "30s", on_trip)]
fn d() {}

#[loop_guard(timeout = "30s", fallback =)]
fn e() {}

#[loop_guard(timeout = "30s", name)]
fn f() {}

#[loop_guard(timeout = "30s", crate)]
fn g() {}

fn main() {
    a();
    b();
    c();
    d();
    e();
    f();
    g();
}
