//! Time as a number: nanoseconds since the process first asked.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Added to every reading, so that no time is ever a special value of the epoch or of a slot.
const ORIGIN: u64 = 1024;

static ANCHOR: OnceLock<Instant> = OnceLock::new();

#[inline]
fn anchor() -> Instant {
    *ANCHOR.get_or_init(Instant::now)
}

/// The real, monotonic time.
#[inline]
pub(crate) fn real() -> u64 {
    of(Instant::now())
}

/// The number of a moment.
#[inline]
pub(crate) fn of(moment: Instant) -> u64 {
    nanos(moment.saturating_duration_since(anchor())).saturating_add(ORIGIN)
}

/// The time of this thread: real, unless its test has paused it or that of the runtime it works for.
#[inline(always)]
pub(crate) fn now() -> u64 {
    #[cfg(feature = "testing")]
    if let Some(paused) = crate::testing::paused_at() {
        return paused;
    }
    #[cfg(feature = "tokio")]
    if crate::stack::frame::polls().is_some() {
        return crate::alarm::timer::now();
    }
    real()
}

/// The same; where it is a runtime's, it is known then whether that was stopped or moved.
#[cfg(feature = "tokio")]
pub(crate) fn compared() -> u64 {
    #[cfg(feature = "testing")]
    if let Some(paused) = crate::testing::paused_at() {
        return paused;
    }
    crate::alarm::timer::read().0
}

/// Whether no check of this thread may rest on the ticker: its time stood still when it was last read,
/// or all are to look.
pub(crate) fn is_paused() -> bool {
    #[cfg(feature = "testing")]
    if crate::testing::paused_at().is_some() || crate::testing::every_trip::is_running() {
        return true;
    }
    #[cfg(feature = "tokio")]
    if crate::stack::frame::polls().is_some() {
        return crate::alarm::timer::is_apart();
    }
    false
}

/// `None` where the platform's clock ends before `time`.
pub(crate) fn instant(time: u64) -> Option<Instant> {
    anchor().checked_add(Duration::from_nanos(time.saturating_sub(ORIGIN)))
}

/// Saturates: [`Duration::MAX`] becomes the budget that never ends.
#[inline]
pub(crate) fn nanos(duration: Duration) -> u64 {
    // Not by `as_nanos`, whose 128 bits cost a short budget's entry some nanoseconds.
    let seconds = duration.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(u64::from(duration.subsec_nanos()))
}
