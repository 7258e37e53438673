// A way to leave that there is not.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "brek")]
fn a() {}

#[loop_guard(timeout = "30s", on_trip = "abort")]
fn b() {}

#[loop_guard(timeout = "30s", on_trip = panic)]
fn c() {}

#[loop_guard(timeout = "30s", on_trip = 1)]
fn d() {}

fn main() {
    a();
    b();
    c();
    d();
}
