// `inherit` beside a budget.
use guard_runtime::loop_guard;

#[loop_guard(inherit, timeout = "30s")]
fn a() {}

#[loop_guard(iterations = 1000, inherit)]
fn b() {}

#[loop_guard(timeout = "30s", inherit, iterations = 1000)]
fn c() {}

fn main() {
    a();
    b();
    c();
}
