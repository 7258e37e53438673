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

fn main() {
    a();
    b();
    c();
    d();
}
