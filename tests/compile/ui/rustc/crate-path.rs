// A `crate` that is not there.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s", crate = guard)]
fn settle() {
    loop {}
}

fn main() {
    settle();
}
