// A duration that the clock cannot hold.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "600y")]
fn a() {}

#[loop_guard(timeout = "99999999999999999999999y")]
fn b() {}

#[loop_guard(timeout = "18446744073709551615s")]
fn c() {}

fn main() {
    a();
    b();
    c();
}
