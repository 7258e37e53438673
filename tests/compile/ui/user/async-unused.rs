// Lints of unused things, and an error.
#![warn(unused)]

#[guard_runtime::loop_guard(timeout = "30s")]
async fn unused(first: u32, mut second: u32, (third, _): (u32, u32), _: u32, used: u32) -> u32 {
    let local = std::future::ready(used).await;
    used
}

fn main() {
    drop(unused(1, 2, (3, 4), 5, 6));
    missing();
}
