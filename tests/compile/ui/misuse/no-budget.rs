// No budget at all.
use guard_runtime::loop_guard;

#[loop_guard]
fn a() {}

#[loop_guard()]
fn b() {}

#[loop_guard(name = "settle")]
fn c() {}

#[loop_guard(on_trip = "panic", crate = guard_runtime)]
fn d() {}

fn main() {
    a();
    b();
    c();
    d();
}
