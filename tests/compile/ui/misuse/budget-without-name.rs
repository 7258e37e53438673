use std::time::Duration;

use guard_runtime::loop_guard;

#[loop_guard(Duration::from_secs(1))]
fn path() {
    loop {}
}

#[loop_guard(30s)]
fn suffix() {
    loop {}
}

#[loop_guard(deadline = "30s")]
fn synonym() {
    loop {}
}

fn main() {}
