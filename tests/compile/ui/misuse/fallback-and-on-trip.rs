// Two ways to leave.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", fallback = (), on_trip = "panic")]
fn a() {}

#[loop_guard(timeout = "30s", on_trip = "break", fallback = ())]
fn b() {}

fn main() {
    a();
    b();
}
