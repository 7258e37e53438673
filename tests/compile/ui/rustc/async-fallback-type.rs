// A fallback has the type that the future yields.
#[guard_runtime::loop_guard(timeout = "30s", fallback = "text")]
async fn waits() -> u32 {
    std::future::pending().await
}

fn main() {
    drop(waits());
}
