use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", attempt_timeout = "100ms")]
fn f() {
    loop {}
}

fn main() {}
