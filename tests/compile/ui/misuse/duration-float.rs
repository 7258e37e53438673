// A duration as a float.
use guard_runtime::loop_guard;

#[loop_guard(timeout = 1.5)]
fn a() {}

fn main() {
    a();
}
