// Another attribute's way to write a value.
use guard_runtime::loop_guard;

#[loop_guard(timeout("30s"))]
fn a() {}

#[loop_guard(timeout: "30s")]
fn b() {}

#[loop_guard(timeout == "30s")]
fn c() {}

fn main() {
    a();
    b();
    c();
}
