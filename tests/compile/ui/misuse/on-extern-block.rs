// The attribute on an item without loops; the item stays, so that `main` finds it.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
unsafe extern "C" {
    safe fn abs(value: i32) -> i32;
}

fn main() {
    println!("{}", abs(-1));
}
