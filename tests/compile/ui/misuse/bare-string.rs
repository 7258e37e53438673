// A value without its key.
use guard_runtime::loop_guard;

#[loop_guard("30s")]
fn a() {}

#[loop_guard("30s", name = "settle")]
fn b() {}

fn main() {
    a();
    b();
}
