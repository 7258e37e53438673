//! What the tests share: what each hop of a chain did.

pub mod scheduler;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use guard_runtime::{Tripped, deadline, loop_guard};

use crate::scheduler::waited;

/// What each hop of one chain did, by its number.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<(usize, String)>>>);

impl Log {
    /// Records what a hop did.
    pub fn note(&self, hop: usize, what: impl Into<String>) {
        self.0.lock().unwrap().push((hop, what.into()));
    }

    /// What was recorded for this hop.
    pub fn of(&self, hop: usize) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let of = all.iter().filter(|(other, _)| *other == hop);
        of.map(|(_, what)| what.clone()).collect()
    }
}

/// How late a loop was left.
#[derive(Debug, Clone, Copy)]
pub struct Late {
    /// Counted from the deadline, or from the beginning of the loop if the deadline had passed before.
    pub by: Duration,
    /// How long this thread or the ticker waited for a processor since the loop began; `None` if the kernel does not
    /// tell.
    pub waited: Option<Duration>,
}

impl Late {
    /// The lateness for which the scheduler is not responsible.
    #[must_use]
    pub fn own(&self) -> Option<Duration> {
        Some(self.by.saturating_sub(self.waited?))
    }
}

/// Runs until its deadline. Returns how late it left its loop.
///
/// # Panics
///
/// If it was left early, or if the deadline is not the peer's.
#[must_use]
pub fn late() -> (Tripped, Late) {
    let before = waited();
    let deadline = deadline().expect("the scope of a request");
    let from = deadline.max(Instant::now());
    let tripped = spin().unwrap_err();
    let now = Instant::now();
    assert!(now > deadline, "early by {:?}", deadline - now);
    assert!(tripped.is_remote());
    let waited = before.and_then(|before| Some(waited()? - before));
    let by = now.saturating_duration_since(from);
    (tripped, Late { by, waited })
}

/// It does not await, so no timer of a runtime could end it.
#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::black_box(());
    }
}

/// Runs a test on a runtime with more workers than a chain has hops: one that spins holds its worker.
pub fn on_workers<F: Future>(test: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(4).enable_all().build().unwrap();
    let output = runtime.block_on(test);
    runtime.shutdown_background();
    output
}
