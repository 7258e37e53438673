//! What the tests share: what each hop of a chain did.

pub mod scheduler;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use guard_runtime::{Tripped, deadline, loop_guard};

use crate::scheduler::waited;

/// What the hops of one chain did, by number.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<(usize, String)>>>);

impl Log {
    /// Notes what a hop did.
    pub fn note(&self, hop: usize, what: impl Into<String>) {
        self.0.lock().unwrap().push((hop, what.into()));
    }

    /// What was noted of this hop.
    pub fn of(&self, hop: usize) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let of = all.iter().filter(|(other, _)| *other == hop);
        of.map(|(_, what)| what.clone()).collect()
    }
}

/// By how much a loop was left later than at its deadline.
#[derive(Debug, Clone, Copy)]
pub struct Late {
    /// From the deadline on, or from where the loop began if it had passed before.
    pub by: Duration,
    /// How long this thread or the ticker had no processor since the loop began; `None` if the kernel does not tell.
    pub waited: Option<Duration>,
}

impl Late {
    /// What the scheduler has no part in.
    #[must_use]
    pub fn own(&self) -> Option<Duration> {
        Some(self.by.saturating_sub(self.waited?))
    }
}

/// Runs to its deadline, and by how much it was later than that when it had left its loop.
///
/// # Panics
///
/// If it was early, or the deadline is not the peer's.
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

/// Without an `await`: no timer of a runtime could end it.
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
