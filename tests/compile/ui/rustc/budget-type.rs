// `budget` and `cancel` are of types of their own.
use std::time::Duration;

use guard_runtime::loop_guard;

#[loop_guard(budget = Duration::from_secs(5))]
fn a_duration() {
    loop {}
}

#[loop_guard(cancel = Duration::from_secs(5))]
fn no_token() {
    loop {}
}

fn main() {}
