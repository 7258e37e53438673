use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = |_| {
    #[loop_guard(every = 0)]
    loop {}
})]
fn f() {
    loop {}
}

fn main() {
    f();
}
