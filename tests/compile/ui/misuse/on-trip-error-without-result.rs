// `on_trip = "error"` in functions that return no `Result`.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", on_trip = "error")]
fn nothing() {
    loop {}
}

#[loop_guard(timeout = "30s", on_trip = "error")]
fn unit() -> () {
    loop {}
}

#[loop_guard(timeout = "30s", on_trip = "error")]
fn never() -> ! {
    loop {}
}

fn main() {
    nothing();
    unit();
    never()
}
