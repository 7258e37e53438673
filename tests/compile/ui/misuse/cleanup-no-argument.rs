use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = || println!("left"))]
fn f() {
    loop {}
}

#[loop_guard(timeout = "1s", cleanup = |exit, n| println!("{exit} {n}"))]
fn g() {
    loop {}
}

fn main() {
    f();
    g();
}
