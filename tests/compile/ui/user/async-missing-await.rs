// A future is used as its value.
async fn count() -> u32 {
    3
}

#[guard_runtime::loop_guard(timeout = "30s")]
async fn forgets(n: u32) -> u32 {
    let mut sum = 0;
    for _ in 0..n {
        sum += count();
    }
    count().await + sum
}

fn main() {
    drop(forgets(1));
}
