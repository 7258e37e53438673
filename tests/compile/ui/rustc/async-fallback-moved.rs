// The body has taken what the fallback would use.
#[guard_runtime::loop_guard(timeout = "30s", fallback = name.len())]
async fn length(name: String) -> usize {
    std::future::ready(name).await.len()
}

fn main() {
    drop(length(String::new()));
}
