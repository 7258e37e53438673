use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", on_trip = "break", bulkhead = REPORTS)]
fn f() {
    loop {}
}

fn main() {}
