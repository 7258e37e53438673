//! The clock of the tokio runtime that a thread works for.
//!
//! Tests can stop such a clock and move it by hand; the deadlines of futures that the runtime polls then follow it.
//! While it runs, it is the real clock.

use std::cell::Cell;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::Instant;

#[cfg(feature = "tower")]
use crate::time::epoch::GAP;
use crate::time::epoch::{EPOCH, SLOW_GAP};
use crate::time::moment::{of, real};
#[cfg(feature = "testing")]
use crate::time::source;
use crate::time::source::Around;

thread_local! {
    /// Whether the clock that this thread read last differed from the real one.
    static APART: Cell<bool> = const { Cell::new(false) };
    /// Whether this thread runs the tasks of a runtime of several threads, if it has been seen to run one.
    static WORKER: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether this thread runs the tasks of a runtime whose clock cannot be stopped. Such a thread stays what it is, so that it
/// is asked for its runtime once: that counts who holds the runtime, in a word that all its threads share.
#[inline]
fn is_worker() -> bool {
    WORKER.get().unwrap_or_else(|| {
        let is_task = tokio::task::try_id().is_some();
        let is_worker = is_task && !can_stop();
        WORKER.set(is_task.then_some(is_worker));
        is_worker
    })
}

/// Whether the time `now` may well be the real one, where the epoch was `word` before: it is at most `gap` later.
#[inline(always)]
fn is_plausible(word: u64, now: u64, gap: u64) -> bool {
    !APART.get() && (word..=word.saturating_add(gap)).contains(&now)
}

/// Whether the caller is inside a runtime whose clock can be stopped.
pub(crate) fn can_stop() -> bool {
    Handle::try_current().is_ok_and(|runtime| can_be_stopped(&runtime))
}

/// Whether the clock of this runtime can be stopped.
pub(crate) fn can_be_stopped(runtime: &Handle) -> bool {
    runtime.runtime_flavor() != RuntimeFlavor::MultiThread
}

/// What a future is polled in, as far as that can be told quickly.
pub(crate) fn around() -> Around {
    // The first question is cheaper, and the caller is usually a task.
    if tokio::task::try_id().is_some() {
        return Around::Any;
    }
    match Handle::try_current() {
        Ok(runtime) if can_be_stopped(&runtime) => Around::Any,
        Ok(_) => Around::Threads,
        Err(_) => Around::Nothing,
    }
}

/// Whether the caller is a task that runs on a thread which blocks on the task's runtime. The open scopes of this
/// thread may then belong to the function that blocks.
pub(crate) fn is_task_of_one_thread() -> bool {
    tokio::task::try_id().is_some() && can_stop()
}

/// The time of the runtime around the caller; the real time outside a runtime.
#[inline]
pub(crate) fn unchecked() -> u64 {
    of(Instant::now().into_std())
}

/// Like [`unchecked`], for a scope that begins now.
///
/// The reading is not compared with the real clock if it may be real: the scope begins at this reading in either
/// case, and checks use [`read`].
#[inline(always)]
pub(crate) fn now() -> u64 {
    // Load the epoch first: real time is never before it.
    plausible(EPOCH.load()).unwrap_or_else(|| compare().0)
}

/// The same without a comparison, where the epoch was `word` before; `None` if the reading cannot be real.
#[inline(always)]
pub(crate) fn plausible(word: u64) -> Option<u64> {
    let now = unchecked();
    is_plausible(word, now, SLOW_GAP).then_some(now)
}

/// The same, for a scope that begins before the poll which opens it; `None` where a test may have stopped the clock that
/// this poll will follow.
#[cfg(feature = "tower")]
pub(crate) fn before_poll() -> Option<u64> {
    #[cfg(feature = "testing")]
    if let Some(paused) = source::paused_at() {
        return (!can_stop()).then_some(paused);
    }
    let word = EPOCH.load();
    let now = unchecked();
    let is_real = is_plausible(word, now, GAP) || is_worker() && !APART.get();
    (is_real || !can_stop()).then_some(now)
}

/// The time, and whether the clock is apart from the real one: stopped, or moved by a test. (A worker that blocks on a
/// runtime whose clock is stopped may be wrong by as much as a slow beat.)
#[inline(always)]
pub(crate) fn read() -> (u64, bool) {
    if is_worker() {
        let word = EPOCH.load();
        let now = unchecked();
        if is_plausible(word, now, SLOW_GAP) {
            return (now, false);
        }
    }
    compare()
}

/// The same by a comparison of both clocks.
fn compare() -> (u64, bool) {
    let before = real();
    let now = unchecked();
    // A clock that a test moved is rarely ahead by less than a reading takes. So a smaller difference counts as
    // none, which saves a second reading.
    let apart = now < before || (now - before > READING && real() < now);
    APART.set(apart);
    (now, apart)
}

/// Longer than reading a clock usually takes, in nanoseconds.
const READING: u64 = 1_000;

/// Whether the clock that this thread read last differed from the real one.
#[inline]
pub(crate) fn is_apart() -> bool {
    // A clock paused by `testing::pause` belongs to the thread, whatever runtime the thread works for.
    #[cfg(feature = "testing")]
    if source::paused_at().is_some() {
        return false;
    }
    APART.get()
}
