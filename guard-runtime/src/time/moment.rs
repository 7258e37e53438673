//! Moments as numbers: nanoseconds of the real, monotonic clock since the process first asked.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::base::layout::ORIGIN;

/// Whether there is a clock. Where the standard library has none, asking it for the time panics.
const HAS_CLOCK: bool = !cfg!(all(target_family = "wasm", target_os = "unknown"));

static ANCHOR: OnceLock<Instant> = OnceLock::new();

#[inline]
fn anchor() -> Instant {
    *ANCHOR.get_or_init(first)
}

#[cfg(any(test, not(feature = "testing")))]
fn first() -> Instant {
    Instant::now()
}

/// A day before the process first asked, so that a scope that grew old on a clock moved by a test can be handed to
/// a thread with a running clock.
#[cfg(all(not(test), feature = "testing"))]
fn first() -> Instant {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let now = Instant::now();
    now.checked_sub(DAY).unwrap_or(now)
}

/// The real time. It stands still on targets without a clock.
#[inline]
pub(crate) fn real() -> u64 {
    if HAS_CLOCK {
        of(Instant::now())
    } else {
        ORIGIN
    }
}

/// The number of a moment; [`ORIGIN`] for moments before the process first asked.
#[inline]
pub(crate) fn of(moment: Instant) -> u64 {
    nanos(moment.saturating_duration_since(anchor())).saturating_add(ORIGIN)
}

/// The moment with this number; `None` if the platform's clock cannot represent it, or if there is no clock.
pub(crate) fn instant(time: u64) -> Option<Instant> {
    if !HAS_CLOCK {
        return None;
    }
    anchor().checked_add(Duration::from_nanos(time.saturating_sub(ORIGIN)))
}

/// The duration in nanoseconds. Saturates: [`Duration::MAX`] becomes a budget that never ends.
#[doc(hidden)]
#[inline]
#[must_use]
pub const fn nanos(duration: Duration) -> u64 {
    // `as_nanos` computes in 128 bits, which would cost the entry of a short budget a few nanoseconds.
    let seconds = duration.as_secs().saturating_mul(1_000_000_000);
    seconds.saturating_add(duration.subsec_nanos() as u64)
}
