// One way out of several has the wrong type.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn some(n: u32) -> Option<u32> {
    if n == 0 {
        return 3;
    }
    std::future::ready(Some(n)).await
}

fn main() {
    drop(some(1));
}
