// `budget` beside another limit, `when` without several, and their values.
use guard_runtime::{Budget, loop_guard};

#[loop_guard(timeout = "30s", budget = Budget::new(), cancel = token)]
fn twice() {
    loop {}
}

#[loop_guard(budget = Budget::new(), when = "all")]
fn which() {
    loop {}
}

#[loop_guard(depth = 3, cancel = token, when = "all")]
fn but_one() {
    loop {}
}

#[loop_guard(timeout = "5s", depth = 3, when = "both")]
fn unknown() {
    loop {}
}

#[loop_guard(timeout = "5s", depth = 3, when = all)]
fn no_string() {
    loop {}
}

#[loop_guard(timeout = "5s", depth = 3, when = "all", warn_at = 0.8)]
fn no_deadline() {
    loop {}
}

#[loop_guard(cpu = "0s")]
fn no_time() {
    loop {}
}

#[loop_guard(depth = -1)]
fn negative() {
    loop {}
}

#[loop_guard(depth = "deep")]
fn no_number() {
    loop {}
}

#[loop_guard(budget = "5s")]
fn no_budget() {
    loop {}
}

#[loop_guard(cancel = true)]
fn no_token() {
    loop {}
}

#[loop_guard(inherit, depth = 3)]
fn none_of_its_own() {
    loop {}
}

fn main() {}
