// The form `#[key = value]`, which an attribute macro does not have.
use guard_runtime::loop_guard;

#[loop_guard = "30s"]
fn a() {}

fn main() {
    a();
}
