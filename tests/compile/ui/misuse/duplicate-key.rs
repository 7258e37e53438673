// A key given twice.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", timeout = "1m")]
fn a() {}

#[loop_guard(inherit, inherit)]
fn b() {}

#[loop_guard(iterations = 3, name = "a", iterations = 4, name = "b")]
fn c() {}

fn main() {
    a();
    b();
    c();
}
