// An argument that is overwritten before it is read, and an error.
#![warn(unused)]

#[guard_runtime::loop_guard(timeout = "30s")]
async fn assigned(mut value: u32) -> u32 {
    value = 3;
    value = 4;
    std::future::ready(value).await
}

fn main() {
    drop(assigned(1));
    missing();
}
