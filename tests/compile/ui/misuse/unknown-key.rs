// A key with a typing error.
use guard_runtime::loop_guard;

#[loop_guard(timout = "30s")]
fn a() {}

#[loop_guard(iteration = 1000)]
fn b() {}

#[loop_guard(inherits)]
fn c() {}

#[loop_guard(ontrip = "panic", timeout = "30s")]
fn d() {}

#[loop_guard(time_limit = "30s")]
fn e() {}

#[loop_guard(ms = 30)]
fn f() {}

fn main() {
    a();
    b();
    c();
    d();
    e();
    f();
}
