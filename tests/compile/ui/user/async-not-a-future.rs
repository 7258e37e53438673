// What is awaited is no future.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn awaits(n: u32) -> u32 {
    n.await
}

fn main() {
    drop(awaits(1));
}
