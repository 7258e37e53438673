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
    let runtime = Handle::try_current();
    runtime.is_ok_and(|runtime| runtime.runtime_flavor() != RuntimeFlavor::MultiThread)
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
