// `inherit` opens no scope, so there is none to name.
use guard_runtime::loop_guard;

#[loop_guard(inherit, name = "settle")]
fn a() {}

fn main() {
    a();
}
