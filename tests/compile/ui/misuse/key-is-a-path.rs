// A path for a key.
use guard_runtime::loop_guard;

#[loop_guard(guard::timeout = "30s")]
fn a() {}

fn main() {
    a();
}
