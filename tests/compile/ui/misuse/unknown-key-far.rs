// A key that is like none of ours.
use guard_runtime::loop_guard;

#[loop_guard(retries = 3)]
fn a() {}

#[loop_guard(timeout = "30s", log(level = "warn"))]
fn b() {}

fn main() {
    a();
    b();
}
