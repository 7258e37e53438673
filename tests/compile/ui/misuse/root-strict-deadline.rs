use guard_runtime::loop_guard;

#[loop_guard(inherit, root)]
fn nothing_to_inherit() {
    loop {}
}

#[loop_guard(iterations = 3, strict)]
fn no_time() {
    loop {}
}

#[loop_guard(timeout = "1s", deadline = end)]
fn span_and_moment(end: std::time::Instant) {
    loop {}
}

#[loop_guard(deadline = "1s")]
fn a_span() {
    loop {}
}

#[loop_guard(timeout = "1s", strict, on_trip = "break")]
fn no_loop_to_break() {
    loop {}
}

#[track_caller]
#[loop_guard(timeout = "1s", strict)]
fn no_closure() {
    loop {}
}

#[loop_guard(timeout = "1s", entry)]
fn checked_anyway() {
    loop {}
}

fn main() {}
