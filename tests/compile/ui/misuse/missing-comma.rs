// No comma between two arguments.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s" iterations = 1000)]
fn a() {}

#[loop_guard(inherit crate = guard_runtime)]
fn b() {}

fn main() {
    a();
    b();
}
