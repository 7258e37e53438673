//! The clock that a thread follows: the real one, unless a test has paused the thread's clock, or the thread works
//! for a tokio runtime whose clock a test has stopped.

pub(crate) use crate::time::moment::{instant, nanos, real};
use crate::time::source;
#[cfg(feature = "tokio")]
use crate::time::tokio_clock;

/// The time of this thread.
#[inline(always)]
pub(crate) fn now() -> u64 {
    #[cfg(feature = "testing")]
    if let Some(paused) = source::paused_at() {
        return paused;
    }
    #[cfg(feature = "tokio")]
    if source::is_polling() {
        return tokio_clock::now();
    }
    real()
}

/// Like [`now`], for a scope that begins under the epoch `word`, at which nothing was due; `None` if the clock may be
/// apart from the real one.
#[inline(always)]
#[cfg_attr(
    not(feature = "tokio"),
    allow(
        unused_variables,
        clippy::unnecessary_wraps,
        reason = "there is but one clock"
    )
)]
pub(crate) fn under(word: u64) -> Option<u64> {
    #[cfg(feature = "testing")]
    if source::paused_at().is_some() {
        return None;
    }
    #[cfg(feature = "tokio")]
    if source::is_polling() {
        return tokio_clock::plausible(word);
    }
    Some(real())
}

/// Like [`now`]; afterwards [`tokio_clock::is_apart`] tells whether the runtime's clock differs from the real one.
#[cfg(feature = "tokio")]
pub(crate) fn compared() -> u64 {
    #[cfg(feature = "testing")]
    if let Some(paused) = source::paused_at() {
        return paused;
    }
    tokio_clock::read().0
}

/// Whether no check of this thread may rely on the ticker: its clock was stopped when it was last read, or every
/// check has to take the cold path.
pub(crate) fn is_paused() -> bool {
    if source::counts_checks() {
        return true;
    }
    #[cfg(feature = "testing")]
    if source::paused_at().is_some() || source::takes_every_check() {
        return true;
    }
    #[cfg(feature = "tokio")]
    if source::is_polling() {
        return tokio_clock::is_apart();
    }
    false
}
