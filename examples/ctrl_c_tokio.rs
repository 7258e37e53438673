//! Ctrl-C stops a computation in a task of tokio: `cargo run --example ctrl_c_tokio`.

use std::io;

use guard_runtime::{CancelToken, Tripped, loop_guard};
use tokio::signal::unix::{SignalKind, signal};

/// Looks for a number whose Collatz sequence is long, which takes a while; it comes to no `await` meanwhile.
#[loop_guard(cancel = token)]
async fn search(token: CancelToken) -> Result<u64, Tripped> {
    for start in 1.. {
        let (mut n, mut steps) = (start, 0);
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            steps += 1;
        }
        if steps > 100_000 {
            return Ok(start);
        }
    }
    unreachable!("there are more numbers")
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
    match tokio::spawn(search(token)).await? {
        Ok(found) => println!("found {found}"),
        Err(tripped) => println!("{tripped}"),
    }
    Ok(())
}
