// What a flag, a depth, a moment and a combination cannot be, whatever stands beside them.
use guard_runtime::{Budget, loop_guard};

#[loop_guard(inherit, entry = true)]
fn a_flag() {
    loop {}
}

#[loop_guard(entry)]
fn of_nothing() {
    loop {}
}

#[loop_guard(depth = 18446744073709551616)]
fn too_deep() {
    loop {}
}

#[loop_guard(deadline = 5)]
fn no_moment() {
    loop {}
}

#[loop_guard(budget = Budget::new(), deadline = end, depth = 3)]
fn twice(end: std::time::Instant) {
    loop {}
}

#[loop_guard(inherit, when = "all")]
fn of_none() {
    loop {}
}

#[loop_guard(cpu = "5 parsecs")]
fn no_unit() {
    loop {}
}

#[loop_guard(cancel)]
fn no_token() {
    loop {}
}

fn main() {}
