//! The last 100 ms: flush hooks run, each on a thread of its own, and a process that does not end is terminated.

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use super::report::{Outcome, Row};
use crate::trip::hook::message;

/// The part of the grace that is kept for flush hooks.
pub(super) const FLUSH: Duration = Duration::from_millis(100);

/// How long before its grace is over the process is terminated.
pub(super) const EXIT: Duration = Duration::from_millis(10);

/// The exit code of a process that did not end by itself: `EX_SOFTWARE` of `sysexits.h`.
const CODE: i32 = 70;

/// A call for which the last 100 ms are kept.
pub(super) struct Flush {
    pub(super) name: &'static str,
    pub(super) run: Box<dyn FnOnce() + Send>,
}

/// Flush hooks that are running.
pub(super) struct Flushing {
    rows: Vec<Row>,
    ended: Receiver<(usize, Result<(), String>)>,
    start: Instant,
}

impl Flushing {
    /// Starts all hooks; `at` is the time since the shutdown began.
    pub(super) fn start(hooks: Vec<Flush>, at: Duration) -> Self {
        let (over, ended) = mpsc::channel();
        let start = Instant::now();
        let mut rows = Vec::new();
        for (index, Flush { name, run }) in hooks.into_iter().enumerate() {
            let over = over.clone();
            let call = move || {
                let outcome = catch_unwind(AssertUnwindSafe(run));
                // If the hook was given up, nobody receives this.
                _ = over.send((index, outcome.map_err(|payload| message(&*payload))));
            };
            let thread = thread::Builder::new().name(format!("flush {name}"));
            let error = thread.spawn(call).err();
            rows.push(Row {
                name,
                outcome: error
                    .as_ref()
                    .map_or(Outcome::Running, |_| Outcome::NotStarted),
                started: at,
                budget: FLUSH,
                took: None,
                message: error.map(|error| format!("no thread: {error}")),
            });
        }
        Self { rows, ended, start }
    }

    /// Waits for them, until `end` if there is one; a hook that hangs is left running.
    pub(super) fn collect(mut self, end: Option<Instant>) -> Vec<Row> {
        loop {
            let left = end.map_or(Duration::MAX, |end| {
                end.saturating_duration_since(Instant::now())
            });
            let Ok((index, outcome)) = self.ended.recv_timeout(left) else {
                break;
            };
            let row = &mut self.rows[index];
            row.took = Some(self.start.elapsed());
            (row.outcome, row.message) = match outcome {
                Ok(()) => (Outcome::Done, None),
                Err(said) => (Outcome::Panicked, Some(said)),
            };
        }
        for row in &mut self.rows {
            if row.outcome == Outcome::Running {
                row.outcome = Outcome::Overran;
            }
        }
        self.rows
    }
}

/// Terminates the process [`EXIT`] before `end`. If `end` is `None`, it is too far away for a clock.
pub(super) fn end_process_at(end: Option<Instant>) {
    let Some(end) = end else { return };
    let at = end.checked_sub(EXIT).unwrap_or(end);
    let thread = thread::Builder::new().name("shutdown exit".to_owned());
    let spawned = thread.spawn(move || {
        thread::sleep(at.saturating_duration_since(Instant::now()));
        end_process();
    });
    // Without a thread only the nodes' budgets remain; only stderr can be told.
    if let Err(error) = spawned {
        crate::trip::hook::line(&format_args!(
            "loop guard: the shutdown cannot force the process to end: no thread: {error}"
        ));
    }
}

/// Terminates the process; if that hangs in a handler of `exit`, aborts it.
pub(super) fn end_process() -> ! {
    let abort = || {
        thread::sleep(EXIT);
        process::abort();
    };
    _ = thread::Builder::new().spawn(abort);
    process::exit(CODE)
}
