//! The main jobs of published crates. Prints the time of each, and what it computed.
//!
//! The same source is built against the crates as published and against guarded copies.
#![forbid(unsafe_code)]

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use guard_runtime::Budget;

mod data;
mod jobs;

use jobs::{Job, jobs};

/// The shortest time of a sample, and the number of samples in one run of the program.
const SAMPLE: Duration = Duration::from_millis(5);
const SAMPLES: usize = 5;

fn time(job: &Job, calls: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        black_box((job.run)());
    }
    start.elapsed()
}

/// The median of a few samples, per call.
fn measure(job: &Job) -> Duration {
    let mut calls = 1;
    while time(job, calls) < SAMPLE {
        calls *= 2;
    }
    let mut times: Vec<Duration> = (0..SAMPLES).map(|_| time(job, calls)).collect();
    times.sort_unstable();
    times[SAMPLES / 2] / calls
}

/// Nanoseconds; or 0 if each job is only called a number of times, for callgrind to count.
fn figure(job: &Job, calls: Option<u32>) -> u128 {
    match calls {
        Some(calls) => (0..calls).fold(0, |_, _| u128::from(black_box((job.run)()) & 0)),
        None => measure(job).as_nanos(),
    }
}

fn main() {
    let mut wanted: Vec<String> = env::args().skip(1).collect();
    let counted = wanted
        .first()
        .and_then(|first| first.strip_prefix("--calls="));
    let calls = counted.map(|calls| calls.parse().expect("a number of calls"));
    wanted.drain(..usize::from(calls.is_some()));
    let settle = if calls.is_some() {
        // Valgrind runs one thread at a time. The ticker should have run before.
        Duration::from_millis(50)
    } else {
        Duration::ZERO
    };
    // Every variant runs in a scope, so that `inherit` has something to inherit and the ticker runs in all of them.
    let outcome = Budget::timeout(Duration::from_secs(3600)).run(|| {
        std::thread::sleep(settle);
        for job in jobs() {
            if wanted.is_empty() || wanted.iter().any(|part| job.name.contains(part.as_str())) {
                println!(
                    "{}\t{}\t{:016x}",
                    job.name,
                    figure(&job, calls),
                    (job.run)()
                );
            }
        }
    });
    outcome.expect("nothing takes an hour");
}
