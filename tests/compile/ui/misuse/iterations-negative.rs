// Fewer than no iterations.
use guard_runtime::loop_guard;

#[loop_guard(iterations = -1)]
fn a() {}

fn main() {
    a();
}
