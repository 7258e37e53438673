// The attribute on an item without loops; the item stays, so that `main` finds it.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
const LIMIT: u32 = 30;

fn main() {
    println!("{LIMIT}");
}
