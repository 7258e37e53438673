use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = println!("left"))]
fn f() {
    loop {}
}

fn main() {
    f();
}
