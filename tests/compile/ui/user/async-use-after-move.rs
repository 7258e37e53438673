// An argument is used where it is gone.
#[guard_runtime::loop_guard(timeout = "30s")]
async fn moves(text: String) -> usize {
    std::future::ready(text).await;
    text.len()
}

fn main() {
    drop(moves(String::new()));
}
