// A future that waits has no loop to break.
#[guard_runtime::loop_guard(timeout = "30s", on_trip = "break")]
async fn breaks() {
    for _ in 0..3 {}
}

fn main() {
    drop(breaks());
}
