//! What a snapshot of everything that is open takes: `cargo bench --bench observe`. Fails if it takes too long.
//!
//! A thousand threads with four scopes each wait; [`snapshot`] reads all of them, again and again.

use std::process::ExitCode;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{loop_guard, snapshot};

const THREADS: usize = 1_000;
const SCOPES: u32 = 4;
const ROUNDS: usize = 101;

/// The largest median that is accepted.
const BAR: Duration = Duration::from_millis(1);

#[loop_guard(timeout = "1h")]
fn nested(depth: u32, wait: &dyn Fn()) {
    if depth == 1 {
        wait();
    } else {
        nested(depth - 1, wait);
    }
}

fn main() -> ExitCode {
    let (open, close) = (
        Arc::new(Barrier::new(THREADS + 1)),
        Arc::new(Barrier::new(THREADS + 1)),
    );
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (open, close) = (open.clone(), close.clone());
            let thread = thread::Builder::new().stack_size(64 * 1024);
            let waiting = move || {
                nested(SCOPES, &|| {
                    open.wait();
                    close.wait();
                });
            };
            thread.spawn(waiting).expect("room for a thousand threads")
        })
        .collect();
    open.wait();
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let seen = snapshot();
            let took = begun.elapsed();
            assert_eq!(seen.len(), THREADS * SCOPES as usize);
            took
        })
        .collect();
    close.wait();
    for thread in threads {
        thread.join().expect("a thread that only waits");
    }
    times.sort();
    let median = times[ROUNDS / 2];
    println!(
        "snapshot of {THREADS} threads with {SCOPES} scopes each: median {median:.1?}, at most {BAR:?}"
    );
    if median < BAR {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
