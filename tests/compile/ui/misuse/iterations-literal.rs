// A number of iterations that is no whole number.
use guard_runtime::loop_guard;

#[loop_guard(iterations = 1.5)]
fn a() {}

#[loop_guard(iterations = "1000")]
fn b() {}

#[loop_guard(iterations = true)]
fn c() {}

fn main() {
    a();
    b();
    c();
}
