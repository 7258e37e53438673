//! What a guarded function can ask of its scope by hand.

use core::time::Duration;
use std::time::Instant;

use crate::base::location::At;
use crate::base::site::{Mode, Site};
use crate::check::tick::{due, inherit, tick};
use crate::mode::resolve;
use crate::stack::{current, deadline};
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::trip::tripped::Tripped;

/// A check by hand, for helper code and iterator chains: has a budget of this thread run out?
///
/// Costs as little as the check of a guarded loop. Outside any scope it is always `Ok`.
///
/// # Errors
///
/// The trip, naming the scope whose budget ran out and the place of this call; every further check
/// in that scope fails as well.
///
/// ```
/// use guard_runtime::{Tripped, checkpoint, loop_guard};
///
/// #[loop_guard(timeout = "10ms")]
/// fn sum(numbers: impl Iterator<Item = u64>) -> Result<u64, Tripped> {
///     numbers.map(|n| checkpoint().map(|()| n)).sum()
/// }
///
/// # fn main() {
/// assert_eq!(sum(0..4).unwrap(), 6);
/// assert!(sum(std::iter::repeat(0)).is_err());
/// # }
/// ```
#[inline]
#[track_caller]
pub fn checkpoint() -> Result<(), Tripped> {
    if due(inherit()) {
        return tick(&At::caller("checkpoint")).map(|_| ());
    }
    Ok(())
}

/// The time left until the checks of this thread trip; zero once they do, `None` without a deadline.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, remaining};
///
/// assert_eq!(remaining(), None);
/// let left = Budget::timeout(Duration::from_secs(60)).run(remaining).unwrap().unwrap();
/// // A budget of a second or more counts from the next tick of a clock that is at most 1 % coarse.
/// assert!(left <= Duration::from_millis(60_600));
/// ```
#[must_use]
pub fn remaining() -> Option<Duration> {
    let (due, now) = current()?;
    let now = now.unwrap_or_else(clock::now);
    Some(Duration::from_nanos(due.saturating_sub(now)))
}

/// The deadline that counts, and the time if that had to be read. That of a scope that is observed does not: code
/// that waits no longer than that would do something else than without the guard.
fn current() -> Option<(u64, Option<u64>)> {
    let (earliest, now) = deadline::current()?;
    let stack = current::current().filter(|_| resolve::any());
    let due = stack.map_or(earliest.due, |stack| {
        stack.earliest_where(&EPOCH, |site| {
            Site::by_id(site).mode() == Some(Mode::Enforce)
        })
    });
    (due != u64::MAX).then_some((due, now))
}

/// The moment after which the checks of this thread trip; `None` without a deadline.
///
/// ```
/// use std::time::{Duration, Instant};
/// use guard_runtime::{Budget, deadline};
///
/// assert_eq!(deadline(), None);
/// let at = Budget::timeout(Duration::from_secs(60)).run(deadline).unwrap().unwrap();
/// assert!(at > Instant::now() + Duration::from_secs(50));
/// ```
#[must_use]
pub fn deadline() -> Option<Instant> {
    clock::instant(current()?.0)
}
