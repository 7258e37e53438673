//! Ctrl-C stops a computation in place: `cargo run --example ctrl_c`.

use std::{io, thread};

use guard_runtime::{CancelToken, Tripped, loop_guard};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

/// Looks for a number whose Collatz sequence is long, which takes a while.
#[loop_guard(cancel = token)]
fn search(token: &CancelToken) -> Result<u64, Tripped> {
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

fn main() -> io::Result<()> {
    let token = CancelToken::new();
    let (stop, mut signals) = (token.clone(), Signals::new([SIGINT])?);
    thread::spawn(move || {
        for _ in &mut signals {
            stop.cancel("Ctrl-C");
        }
    });
    println!("searching; Ctrl-C ends it");
    match search(&token) {
        Ok(found) => println!("found {found}"),
        Err(tripped) => println!("{tripped}"),
    }
    Ok(())
}
