// A duration as a number with a made-up suffix.
use guard_runtime::loop_guard;

#[loop_guard(timeout = 30s)]
fn a() {}

fn main() {
    a();
}
