// `inherit` is a flag.
use guard_runtime::loop_guard;

#[loop_guard(inherit = true)]
fn a() {}

#[loop_guard(inherit(timeout))]
fn b() {}

fn main() {
    a();
    b();
}
