// A value that Rust cannot read as an expression.
use guard_runtime::loop_guard;

#[loop_guard(timeout = ?)]
fn a() {}

fn main() {
    a();
}
