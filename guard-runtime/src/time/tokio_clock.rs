//! The clock of the tokio runtime that a thread works for.
//!
//! Tests may stop such a clock and move it by hand; the deadlines of futures that the runtime polls then
//! follow it. While it runs it is the real clock.

use std::cell::Cell;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::Instant;

use crate::time::epoch::{EPOCH, GAP};
use crate::time::moment::{of, real};
#[cfg(feature = "testing")]
use crate::time::source;

thread_local! {
    /// Whether the clock that this thread read last was another than the real one.
    static APART: Cell<bool> = const { Cell::new(false) };
}

/// Whether there is a runtime around the caller whose clock can be stopped.
pub(crate) fn can_stop() -> bool {
    Handle::try_current().is_ok_and(|runtime| can_be_stopped(&runtime))
}

/// Whether the clock of this runtime can be stopped.
pub(crate) fn can_be_stopped(runtime: &Handle) -> bool {
    runtime.runtime_flavor() != RuntimeFlavor::MultiThread
}

/// Whether there is no runtime around the caller.
pub(crate) fn is_outside() -> bool {
    // The first question costs less, and a task is the usual answer.
    tokio::task::try_id().is_none() && Handle::try_current().is_err()
}

/// Whether the caller is a task that a runtime runs on a thread which blocks on that runtime, so that the scopes
/// that are open on this thread may be those of whoever blocks.
pub(crate) fn is_task_of_one_thread() -> bool {
    tokio::task::try_id().is_some() && can_stop()
}

/// The time of the runtime around the caller; the real one without a runtime.
#[inline]
pub(crate) fn unchecked() -> u64 {
    of(Instant::now().into_std())
}

/// The same, for a scope that begins now.
///
/// A reading that may be real is not compared with another one: whatever clock it is, the scope begins then,
/// and a check goes by [`read`].
#[inline(always)]
pub(crate) fn now() -> u64 {
    // The epoch first: the real time is not before it.
    let word = EPOCH.load();
    let now = unchecked();
    if APART.get() || !(word..=word.saturating_add(GAP)).contains(&now) {
        return read().0;
    }
    now
}

/// The same, and whether that clock is apart from the real one: it stands still, or was stopped or moved.
#[inline(always)]
pub(crate) fn read() -> (u64, bool) {
    let before = real();
    let now = unchecked();
    // A clock that is ahead is seldom ahead by less than its reading takes: then one more reading is saved.
    let apart = now < before || (now - before > READING && real() < now);
    APART.set(apart);
    (now, apart)
}

/// Longer than the reading of a clock usually takes, in nanoseconds.
const READING: u64 = 1_000;

/// Whether the clock that this thread read last was another than the real one.
#[inline]
pub(crate) fn is_apart() -> bool {
    // A clock that a test of ours has paused is the thread's, whatever runtime it works for.
    #[cfg(feature = "testing")]
    if source::paused_at().is_some() {
        return false;
    }
    APART.get()
}
