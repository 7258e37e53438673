use guard_runtime::loop_guard;

#[loop_guard(iterations = 10, reserve = "100ms")]
fn f() {
    loop {}
}

fn main() {}
