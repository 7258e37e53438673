// A name that is none.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", name = "")]
fn a() {}

#[loop_guard(timeout = "30s", name = "  ")]
fn b() {}

#[loop_guard(timeout = "30s", name = settle)]
fn c() {}

#[loop_guard(timeout = "30s", name = 5)]
fn d() {}

fn main() {
    a();
    b();
    c();
    d();
}
