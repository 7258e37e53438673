//! Ctrl-C stops a computation in place: `cargo run --example ctrl_c`.

use std::hint::black_box;
use std::{io, thread};

use guard_runtime::{CancelToken, Tripped, loop_guard};
use signal_hook::consts::SIGINT;
use signal_hook::iterator::Signals;

/// Never finds what it looks for.
#[loop_guard(cancel = token)]
fn search(token: &CancelToken) -> Result<(), Tripped> {
    for candidate in 0_u64.. {
        black_box(candidate);
    }
    Ok(())
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
    if let Err(tripped) = search(&token) {
        println!("{tripped}");
    }
    Ok(())
}
