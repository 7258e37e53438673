// A semicolon for a comma.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s"; iterations = 1000)]
fn a() {}

fn main() {
    a();
}
