// What cannot be sent is held across an await.
use std::rc::Rc;

#[guard_runtime::loop_guard(timeout = "30s")]
async fn holds(n: u32) -> u32 {
    let shared = Rc::new(n);
    std::future::ready(()).await;
    *shared
}

fn spawn<F: Future + Send + 'static>(_: F) {}

fn main() {
    spawn(holds(1));
}
