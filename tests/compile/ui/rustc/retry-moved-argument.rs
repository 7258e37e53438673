use guard_runtime::policy::Retry;
use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "1s", retry = Retry::attempts(3))]
fn send(batch: Vec<u64>) -> Result<(), Tripped> {
    for _ in 0..3 {}
    drop(batch);
    Ok(())
}

#[loop_guard(timeout = "1s", retry = Retry::attempts(3))]
async fn send_later(batch: Vec<u64>) -> Result<(), Tripped> {
    drop(batch);
    Ok(())
}

fn main() {
    _ = send(Vec::new());
    _ = send_later(Vec::new());
}
