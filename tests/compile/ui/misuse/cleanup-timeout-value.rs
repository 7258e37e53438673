use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = drop, cleanup_timeout = 100)]
fn f() {
    loop {}
}

fn main() {
    f();
}
