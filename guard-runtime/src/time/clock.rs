//! The clock that a thread follows: the real one, unless its test has paused it or it works for a tokio runtime
//! whose clock a test has stopped.

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

/// The same; after it, [`tokio_clock::is_apart`] tells whether a runtime's clock is the real one.
#[cfg(feature = "tokio")]
pub(crate) fn compared() -> u64 {
    #[cfg(feature = "testing")]
    if let Some(paused) = source::paused_at() {
        return paused;
    }
    tokio_clock::read().0
}

/// Whether no check of this thread may rely on the ticker: its clock stood still when it was last read, or
/// every check is to take the cold path.
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
