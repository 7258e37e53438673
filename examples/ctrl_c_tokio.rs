//! Ctrl-C stops a computation in a task of tokio: `cargo run --example ctrl_c_tokio`.

use std::hint::black_box;
use std::io;

use guard_runtime::{CancelToken, Tripped, loop_guard};
use tokio::signal::unix::{SignalKind, signal};

/// Never finds what it looks for, and comes to no `await` meanwhile.
#[loop_guard(cancel = token)]
async fn search(token: CancelToken) -> Result<(), Tripped> {
    for candidate in 0_u64.. {
        black_box(candidate);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let token = CancelToken::new();
    let (stop, mut interrupts) = (token.clone(), signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        interrupts.recv().await;
        stop.cancel("Ctrl-C");
    });
    println!("searching; Ctrl-C ends it");
    if let Err(tripped) = tokio::spawn(search(token)).await? {
        println!("{tripped}");
    }
    Ok(())
}
