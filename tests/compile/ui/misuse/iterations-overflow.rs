// More iterations than a u64 counts.
use guard_runtime::loop_guard;

#[loop_guard(iterations = 18446744073709551616)]
fn a() {}

fn main() {
    a();
}
