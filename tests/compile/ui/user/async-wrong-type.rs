// The value is none of the type that the function promises.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn text(n: u32) -> u32 {
    std::future::ready(n).await;
    "text"
}

fn main() {
    drop(text(1));
}
