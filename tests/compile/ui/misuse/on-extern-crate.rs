// The attribute on an item without loops; the item stays, so that `main` finds it.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
extern crate core as kernel;

fn main() {
    println!("{}", kernel::cmp::max(1, 2));
}
