// A turn takes some time.
#[guard_runtime::loop_guard(timeout = "30s", yield_every = "0s")]
async fn yields() {
    for _ in 0..3 {}
}

fn main() {
    drop(yields());
}
