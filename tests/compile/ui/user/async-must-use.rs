#![deny(unused_must_use)]

use std::future::{Ready, ready};

struct Receipt;

#[must_use]
async fn paid() -> u32 {
    1
}

#[must_use = "it says how much"]
async fn sent() -> Result<u32, ()> {
    Ok(1)
}

async fn receipt() -> u32 {
    1
}

fn made() -> Ready<Result<u32, ()>> {
    ready(Ok(1))
}

impl Receipt {
    #[must_use]
    async fn read(&self) -> Self {
        Self
    }
}

#[guard_runtime::loop_guard(timeout = "30s")]
async fn main_loop(turns: u32) {
    for _ in 0..turns {
        paid().await;
        (sent()).await;
        receipt().await;
        made().await;
        Receipt.read().await;
    }
    let future = paid();
    future.await;
    _ = paid().await;
    let _kept = paid().await;
    #[allow(unused_must_use, reason = "what users write")]
    sent().await;
    #[cfg(any())]
    paid().await;
    if paid().await == 1 {
        paid().await;
    }
}

fn main() {
    drop(main_loop(1));
}
