//! What policies ask of the scopes around them, and of the clock: the only file of this room that reads the
//! stack.

use core::panic::Location as Caller;
use core::time::Duration;

use crate::base::layout::PARKED;
use crate::base::location::{At, Location};
use crate::check::enter::LONG;
pub(super) use crate::check::query::remaining;
use crate::check::tick;
use crate::stack::current;
pub(super) use crate::stack::current::depth;
pub(super) use crate::stack::deadline::overdue;
pub(super) use crate::time::clock::{is_paused, now};
use crate::time::epoch::{EPOCH, MARGIN, SLOW_GAP};
use crate::trip::log;
pub(super) use crate::trip::log::{count as trips, note};
use crate::trip::tripped::{Cause, Tripped};

/// Whether the published word is recent enough to serve as a time with the precision `grain`.
#[inline]
pub(super) fn is_coarse(grain: u64) -> bool {
    grain > SLOW_GAP + MARGIN
}

/// The time, read from the published word if that is as precise as `grain`: a load instead of a clock read.
#[inline]
pub(super) fn now_within(grain: u64) -> u64 {
    if is_coarse(grain) && !is_paused() {
        let word = EPOCH.load_relaxed();
        if word & PARKED == 0 {
            return word;
        }
    }
    now()
}

/// The time at which a call begins: exact if the budget around is short, otherwise like [`now_within`].
#[inline]
pub(super) fn begin(grain: u64) -> u64 {
    let word = EPOCH.load_relaxed();
    // If this thread has found nothing due at this word, a ticker runs, in real time: otherwise the word would be
    // stale.
    let is_fresh = word == current::seen() && word & PARKED == 0 && is_coarse(grain);
    if is_fresh && !is_short() {
        return word;
    }
    begin_exactly(grain)
}

#[cold]
#[inline(never)]
fn begin_exactly(grain: u64) -> u64 {
    now_within(if is_short() { 0 } else { grain })
}

/// Whether the budget around is so short that the published word is too coarse to measure a share of it.
#[inline]
fn is_short() -> bool {
    current::usual().is_some_and(|usual| usual.stack.is_short(LONG))
}

/// A check at the entry of the policy `kind`.
#[inline]
pub(super) fn check(kind: &'static str, caller: &'static Caller<'static>) -> Result<(), Tripped> {
    if is_due() {
        tick::tick(&At::of(kind, Location::of(caller)))?;
    }
    Ok(())
}

/// Moves the clock of this thread, if a test has paused it.
#[cfg_attr(
    not(feature = "testing"),
    allow(unused_variables, reason = "none is stopped")
)]
pub(super) fn advance(time: Duration) {
    #[cfg(feature = "testing")]
    crate::alarm::paused::advance(crate::time::clock::nanos(time));
}

/// Whether the next check of this thread would read the clock, because a deadline may have passed.
#[inline]
pub(super) fn is_due() -> bool {
    tick::due(tick::inherit())
}

/// Causes of the trips on this thread since `mark`: of a scope below `depth`, of the scope at `depth`, and of the
/// last one of any scope.
pub(super) fn tripped_since(mark: u64, depth: u32) -> TripsSince {
    let mut trips = TripsSince::default();
    if log::count() == mark {
        return trips;
    }
    log::each_since(mark, |owner, tripped| {
        if owner < depth {
            trips.around = Some(tripped.cause());
        } else if owner == depth {
            trips.own = Some(tripped.cause());
        }
        trips.last = Some(tripped.cause());
    });
    trips
}

/// The result of [`tripped_since`].
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct TripsSince {
    pub(super) around: Option<Cause>,
    pub(super) own: Option<Cause>,
    pub(super) last: Option<Cause>,
}

/// The time budget of a scope: its limit, and when it began, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeBudget {
    pub(super) limit: u64,
    pub(super) start: u64,
}

/// The time budget of the innermost scope, if it has one.
pub(super) fn budget() -> Option<TimeBudget> {
    let stack = current::current()?;
    let saved = stack.save(stack.depth().checked_sub(1)?);
    let start = saved.start(&EPOCH).unwrap_or(0);
    (saved.limit != u64::MAX).then_some(TimeBudget {
        limit: saved.limit,
        start,
    })
}
