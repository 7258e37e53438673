// What is returned does not live as long as is promised.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn shorter<'a>(text: &'a str, other: &str) -> &'a str {
    std::future::ready(text).await;
    other
}

fn main() {
    drop(shorter("", ""));
}
