// A number is no time.
#[guard_runtime::loop_guard(timeout = seconds)]
async fn waits(seconds: u64) {
    std::future::pending::<()>().await;
}

fn main() {
    drop(waits(3));
}
