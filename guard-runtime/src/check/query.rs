//! What a guarded function can ask of its scope by hand.

use core::cell::Cell;
use core::time::Duration;
use std::time::Instant;

use crate::base::location::At;
use crate::base::site::{Mode, Site};
use crate::check::enter::LONG;
use crate::check::tick::{due, inherit, tick};
use crate::mode::resolve;
use crate::stack::current::force_cold;
use crate::stack::{current, deadline};
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::trip::tripped::Tripped;

/// A check by hand, for helper code and iterator chains: is a budget of this thread spent?
///
/// Costs as little as the check of a guarded loop. Outside every scope it is always `Ok`.
///
/// # Errors
///
/// The trip, naming the scope whose budget is spent and the place of this call; every further check in that scope
/// fails as well.
///
/// ```
/// use guard_runtime::{Tripped, checkpoint, loop_guard};
///
/// #[loop_guard(timeout = "500ms")]
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

/// The time left until the checks of this thread trip, never more than the budget; zero once they do, `None`
/// without a deadline.
///
/// If it is zero, the next check trips, except while a clock that a test has stopped stands exactly at the deadline:
/// nothing trips before more time than the budget has passed.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, remaining};
///
/// assert_eq!(remaining(), None);
/// let left = Budget::timeout(Duration::from_secs(60)).run(remaining).unwrap().unwrap();
/// assert!(left <= Duration::from_secs(60) && left > Duration::from_secs(50));
/// ```
#[must_use]
pub fn remaining() -> Option<Duration> {
    left().map(Duration::from_nanos)
}

/// The same in nanoseconds.
#[inline]
pub(crate) fn left() -> Option<u64> {
    let counting = current()?;
    let (due, now) = (counting.due, counting.now.unwrap_or_else(clock::now));
    if now >= due && counting.is_settled {
        notice(due);
        return Some(0);
    }
    // The deadline is not settled, so it has not passed.
    let mut left = due.saturating_sub(now).max(1);
    if left >= LONG {
        // A scope of a second or more may have begun a little earlier than is known.
        left = current::current().map_or(left, |stack| left.min(stack.least_limit()));
    }
    Some(left)
}

/// The deadline that counts.
struct Counting {
    due: u64,
    is_settled: bool,
    /// The time, if it had to be read.
    now: Option<u64>,
}

/// The deadline that counts, except those of observed scopes: code that waits no longer than that would behave
/// differently than without the guard.
fn current() -> Option<Counting> {
    let (earliest, now) = deadline::current()?;
    let stack = if resolve::any() {
        current::current()
    } else {
        None
    };
    let due = stack.map_or(earliest.due, |stack| {
        stack.earliest_where(&EPOCH, |site| {
            Site::by_id(site).mode() == Some(Mode::Enforce)
        })
    });
    (due != u64::MAX).then_some(Counting {
        due,
        is_settled: due == earliest.due && earliest.is_settled(),
        now,
    })
}

/// The moment after which the checks of this thread trip; `None` without a deadline.
///
/// After that moment the next check reads the clock, so code that waits until then trips at the check after the
/// wait.
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
    let due = current()?.due;
    force_cold();
    clock::instant(due)
}

thread_local! {
    /// The deadline that was noticed last.
    static NOTICED: Cell<u64> = const { Cell::new(0) };
}

/// Notices that this deadline has passed although no check has found it yet, perhaps because the ticker is late.
/// Makes the next check look, even in a loop that holds the current epoch.
#[cold]
fn notice(due: u64) {
    force_cold();
    if NOTICED.replace(due) != due {
        EPOCH.bump();
    }
}
