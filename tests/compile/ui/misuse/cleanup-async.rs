use guard_runtime::loop_guard;

#[loop_guard(timeout = "1s", cleanup = async |exit| println!("{exit}"))]
fn f() {
    loop {}
}

fn main() {
    f();
}
