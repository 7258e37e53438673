//! Work that makes checks, on more threads than there are processors.

use std::fmt;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Event, Tripped, add_hook, loop_guard};

/// The result of a run.
pub(crate) struct Run {
    took: Duration,
    threads: usize,
    rounds: u64,
    trips: u64,
    /// What the watchdog reported.
    pub(crate) overdue: Vec<String>,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (threads, rounds, trips) = (self.threads, self.rounds, self.trips);
        let overdue = self.overdue.len();
        write!(
            f,
            "{threads} threads, {:.0?}: {rounds} rounds, {trips} of them out of time, {overdue} overdue",
            self.took
        )?;
        self.overdue
            .iter()
            .try_for_each(|line| write!(f, "\n{line}"))
    }
}

/// Takes some milliseconds on a processor of its own, and many more if it has to share one.
#[loop_guard(timeout = "20ms", name = "honest::step")]
fn step(seed: u64) -> Result<u64, Tripped> {
    let mut x = seed;
    for _ in 0..100_000 {
        x = black_box(x ^ (x << 13) ^ (x >> 7));
    }
    Ok(x)
}

#[loop_guard(timeout = "1h", name = "honest::rounds")]
fn rounds(over: &AtomicBool, done: &AtomicU64, trips: &AtomicU64) {
    let mut x = 1;
    while !over.load(Ordering::Relaxed) {
        match step(x) {
            Ok(next) => x = next,
            Err(_) => _ = trips.fetch_add(1, Ordering::Relaxed),
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Works for this long, on twice as many threads as there are processors.
pub(crate) fn run(time: Duration) -> Run {
    let overdue = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&overdue);
    add_hook(move |event| match event {
        Event::Overdue { scope, .. } if scope.starts_with("honest::") => {
            told.lock().expect("no panic").push(event.to_string());
        }
        _ => {}
    });
    let threads = 2 * thread::available_parallelism().map_or(1, usize::from);
    let (over, done, trips) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| rounds(&over, &done, &trips));
        }
        thread::sleep(time);
        over.store(true, Ordering::Relaxed);
    });
    let overdue = overdue.lock().expect("no panic").clone();
    Run {
        took: begun.elapsed(),
        threads,
        rounds: done.into_inner(),
        trips: trips.into_inner(),
        overdue,
    }
}
