// Only a future can yield.
#[guard_runtime::loop_guard(timeout = "30s", yield_every = "1ms")]
fn yields() {
    for _ in 0..3 {}
}

fn main() {
    yields();
}
