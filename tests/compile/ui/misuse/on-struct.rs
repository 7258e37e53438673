// The attribute on an item without loops; the item stays, so that `main` finds it.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
struct Point {
    x: i32,
}

fn main() {
    println!("{}", Point { x: 1 }.x);
}
