use guard_runtime::loop_guard;

struct S;

#[loop_guard(timeout = "1s", cleanup = |exit| println!("{exit}"))]
impl S {
    fn f(&self) {
        loop {}
    }
    fn g(&self) {
        loop {}
    }
}

fn main() {
    S.f();
    S.g();
}
