#![deny(warnings)]

use guard_runtime::loop_guard;

#[loop_guard(inherit)]
fn no_loop(n: u32) -> u32 {
    n + 1
}

#[loop_guard(timeout = "1s")]
fn no_call(n: u32) -> Option<u32> {
    if n > 3 { Some(n * 2 + 1) } else { None }
}

#[loop_guard(iterations = 100)]
fn counts_nothing(items: &[u32]) -> u32 {
    items.iter().sum()
}

#[loop_guard(timeout = "1s", yield_every = "1ms")]
async fn yields_nowhere(n: u32) -> u32 {
    [n].iter().for_each(|_| for _ in 0..n {});
    std::future::ready(n).await
}

struct Job;

impl Drop for Job {
    #[loop_guard(inherit)]
    fn drop(&mut self) {
        loop {}
    }
}

fn main() {
    drop(Job);
    println!("{} {:?} {}", no_loop(1), no_call(1), counts_nothing(&[]));
    _ = yields_nowhere(1);
}
