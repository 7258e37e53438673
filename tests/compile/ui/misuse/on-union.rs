// The attribute on an item without loops; the item stays, so that `main` finds it.
use guard_runtime::loop_guard;

#[loop_guard(timeout = "30s")]
union Bits {
    word: u32,
}

fn main() {
    let _ = Bits { word: 1 };
}
