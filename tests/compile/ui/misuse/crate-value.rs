// A path is not a string.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", crate = "guard_runtime")]
fn a() {}

#[loop_guard(timeout = "30s", crate = 1)]
fn b() {}

fn main() {
    a();
    b();
}
