//! Scopes, checks and ticks, and leaving; how one is entered is in `enter.rs`.

use core::time::Duration;
use std::time::Instant;

use crate::base::reentry;
use crate::base::site::{At, Site};
use crate::cleanup::shield;
use crate::stack::frame::{self, Earliest, Saved, Stack, WALL};
use crate::time::clock;
use crate::time::epoch::{CALM_GAP, EPOCH, MARGIN, PARKED, STALE};
use crate::time::ticker;
use crate::trip::hook;
use crate::trip::record;
use crate::trip::tripped::{Cause, Tripped};

/// Budgets from here on start without a clock read, in nanoseconds.
pub(crate) const LONG: u64 = 1_000_000_000;

/// The same, while the ticker is calm: a word is then older, and has to be within 1 % all the same.
pub(crate) const LONGER: u64 = 100 * (CALM_GAP + MARGIN);

/// The ticker ticks this much ahead of a deadline, and the checks of the thread concerned then read
/// the clock until it has passed: no timer and no scheduler is between the deadline and the trip.
/// More than a timer is usually late.
pub(crate) const LEAD: u64 = 250_000;

/// The word with which a check last found nothing due.
///
/// A guarded function keeps it in a local that is passed and returned by value: were its address
/// known to the cold path, the optimiser would have to keep it in memory.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Seen(pub(crate) u64);

impl Seen {
    /// Takes the cold path at the next check.
    pub(crate) const STALE: Self = Self(STALE);

    /// Whether the entry itself has to look; known without loading the epoch again.
    #[inline(always)]
    #[must_use]
    pub fn is_stale(self) -> bool {
        self.0 == STALE
    }
}

/// An open scope; dropping it leaves the scope.
#[doc(hidden)]
#[must_use]
pub struct Scope {
    pub(crate) stack: &'static Stack,
    /// The depth below it.
    pub(crate) depth: u32,
}

impl Scope {
    /// Opens nothing: the depth as it is now, to come back to.
    #[inline]
    pub(crate) fn base() -> Self {
        shield::stand();
        let stack = Stack::leased();
        let depth = stack.depth();
        Self { stack, depth }
    }

    /// One that is on no thread's stack: leaving it stores what is there.
    #[cold]
    pub(crate) fn nowhere() -> Self {
        let stack = Stack::nobodys();
        let depth = stack.room();
        Self { stack, depth }
    }

    /// The stack, and the depth below the scope.
    #[inline]
    pub(crate) fn place(&self) -> (&'static Stack, u32) {
        (self.stack, self.depth)
    }

    /// Sets the iterations that [`count`] counts down, where closures count too.
    #[inline]
    pub fn allow(&self, limit: u64) {
        self.stack.allow(self.depth, limit);
    }
}

impl Drop for Scope {
    #[inline(always)]
    fn drop(&mut self) {
        self.stack.set_depth(self.depth);
    }
}

/// Opens a wall: a scope inside which the budgets around it do not count, only its own `limit`.
pub(crate) fn wall(kind: u32, limit: u64) -> (Scope, Saved) {
    let scope = Scope::base();
    let (stack, depth) = scope.place();
    let now = if limit == u64::MAX { 0 } else { clock::now() };
    stack.push_wall(kind, now, limit);
    // The first check inside asks for the tick that the wall wants; without one, no ticker wakes.
    frame::set_seen(STALE);
    (scope, stack.save(depth))
}

/// Looks as a check would, and leaves it to the next one to trip: scopes may then open under the word of
/// now, unless something is due.
pub(crate) fn refresh() {
    let base = Scope::base();
    let (stack, _) = base.place();
    let entry = EPOCH.entry();
    let (earliest, now) = in_time(stack, stack.earliest(&EPOCH), None);
    _ = look(earliest, entry, now);
}

/// Whether a budget of this thread has run out, as its next check would find.
pub(crate) fn is_spent() -> bool {
    let earliest = Stack::current().earliest(&EPOCH);
    let due = earliest.due;
    due != u64::MAX && earliest.is_settled() && clock::now() > due
}

/// The depth of the scope whose deadline has passed, as the next check of this thread would find.
#[cfg(feature = "policy")]
pub(crate) fn overdue() -> Option<u32> {
    shield::stand();
    let stack = Stack::current();
    let (earliest, now) = in_time(stack, stack.earliest(&EPOCH), None);
    let due = earliest.is_settled().then_some(earliest.due)?;
    let passed = due != u64::MAX && now.unwrap_or_else(clock::now) > due;
    passed.then_some(earliest.owner)
}

/// For how long the deadline that counts has passed, if it has.
pub(crate) fn late() -> Option<u64> {
    shield::stand();
    let stack = Stack::current();
    let (earliest, now) = in_time(stack, stack.earliest(&EPOCH), None);
    if earliest.due == u64::MAX || !earliest.is_settled() {
        return None;
    }
    let now = now.unwrap_or_else(clock::now);
    now.checked_sub(earliest.due).filter(|late| *late > 0)
}

/// The word to begin with in a function that opens no scope of its own.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn inherit() -> Seen {
    Seen(frame::seen())
}

/// The check: has the epoch moved since?
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn due(seen: Seen) -> bool {
    EPOCH.glance() != seen.0
}

/// The cold path of a check: is any budget of this thread spent?
///
/// # Errors
///
/// The trip, if one is.
//
// A function of a foreign ABI does not unwind (nothing here panics): without a landing pad for it in
// every loop, the register allocator keeps the loop's variables in registers. A float reduction was
// four times slower.
#[doc(hidden)]
#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
pub extern "C" fn tick(at: &At) -> Result<Seen, Tripped> {
    if reentry::is_barred() {
        return Ok(Seen::STALE);
    }
    shield::stand();
    let stack = Stack::current();
    #[cfg(feature = "testing")]
    crate::testing::every_trip::strike(stack, at);
    // The word first, as `look` wants it.
    let entry = EPOCH.entry();
    let (earliest, now) = in_time(stack, stack.earliest(&EPOCH), None);
    match look(earliest, entry, now) {
        Look::Fine(seen) => Ok(seen),
        Look::Spent { owner, due, now } => Err(trip(stack, owner, due, now, *at)),
    }
}

/// In a runtime whose clock was stopped or moved by hand, deadlines are in that runtime's time; which
/// is `now`, if it was read just now, and is read otherwise.
#[inline(always)]
#[cfg_attr(
    not(feature = "tokio"),
    allow(unused_variables, reason = "there is but one time")
)]
pub(crate) fn in_time(
    stack: &Stack,
    earliest: Earliest,
    now: Option<u64>,
) -> (Earliest, Option<u64>) {
    #[cfg(feature = "tokio")]
    if let Some(base) = frame::polls() {
        let now = now.unwrap_or_else(clock::compared);
        if crate::alarm::timer::is_apart() {
            stack.part(base, now);
            return (stack.earliest(&EPOCH), Some(now));
        }
        return (earliest, Some(now));
    }
    (earliest, now)
}

/// What a look at the clock found.
pub(crate) enum Look {
    Fine(Seen),
    /// The scope `owner` was `due` before `now`.
    Spent {
        owner: u32,
        due: u64,
        now: u64,
    },
}

/// Compares the clock with the deadline that counts, and sees to it that the ticker does not sleep
/// past that. Lag and word were loaded before, as [`Epoch::request`](crate::time::epoch::Epoch::request) wants;
/// `now` is the time, if it was read just now.
// Inlined for good: handed over in memory, the deadline was read back wider than it was written,
// and the processor waited for that.
#[inline(always)]
pub(crate) fn look(earliest: Earliest, (lag, word): (u64, u64), now: Option<u64>) -> Look {
    let (Earliest { due, owner }, settled) = (earliest, earliest.is_settled());
    let turn = frame::turn().end();
    if due.min(turn) == u64::MAX && settled {
        // In paused time no word may count as seen: the next entry would start with it, in real time.
        // Nor may it on the thread that would have to change it.
        let seen = if clock::is_paused() || ticker::is_here() {
            STALE
        } else {
            word
        };
        frame::saw(seen, Some(lag));
        return Look::Fine(Seen(seen));
    }
    let now = now.unwrap_or_else(clock::now);
    if now > due && settled {
        frame::set_seen(STALE);
        return Look::Spent { owner, due, now };
    }
    let wish = if word & PARKED != 0 {
        now
    } else {
        due.saturating_sub(LEAD).min(turn)
    };
    let on_the_clock =
        due.saturating_sub(now) <= LEAD || now >= turn || clock::is_paused() || !ticker::ask(wish);
    let seen = if on_the_clock { STALE } else { word };
    frame::saw(seen, Some(lag));
    Look::Fine(Seen(seen))
}

/// The first trip of a scope moves the word: the loops further out hold one with which nothing was
/// due, and have to look as well if the code between them and this check swallows the error.
#[cold]
fn trip(stack: &Stack, owner: u32, due: u64, now: u64, at: At) -> Tripped {
    let first = stack.tell(owner);
    if first {
        EPOCH.bump();
    }
    let (site, limit, spent) = stack.describe(owner);
    let cause = match spent {
        Some(limit) => Cause::Iterations { limit },
        None => Cause::Timeout {
            limit: Duration::from_nanos(limit),
            elapsed: Duration::from_nanos(limit.saturating_add(now - due)),
        },
    };
    let site = if site & WALL == 0 {
        Site::by_id(site)
    } else {
        shield::site(site)
    };
    let tripped = Tripped::new(site, at, cause);
    record::note(owner, &tripped);
    if first {
        hook::tripped(&tripped);
    }
    tripped
}

/// The trip of a loop that begins iteration `limit + 1` of its activation, which opened `scope`.
#[doc(hidden)]
#[cold]
#[inline(never)]
#[must_use]
pub fn spend(scope: &Scope, limit: u64, at: &At) -> Tripped {
    let owner = scope.depth;
    scope.stack.spend(owner, limit);
    frame::set_seen(STALE);
    trip(scope.stack, owner, 0, 0, *at)
}

/// Counts one iteration of the nearest activation of the function `site` on this thread, from its
/// loops or its closures'; the trip if it is one too many. A closure that runs elsewhere counts
/// nothing.
#[doc(hidden)]
#[must_use]
pub fn count(site: &'static Site, at: &At) -> Option<Tripped> {
    if reentry::is_barred() {
        return None;
    }
    let stack = Stack::current();
    let owner = stack.nearest(site.id())?;
    let limit = stack.take(owner).err()?;
    let first = stack.spend(owner, limit);
    shield::stand();
    if stack.is_walled(owner) {
        // Inside a shield nothing trips; the next check behind it does.
        if first {
            EPOCH.bump();
        }
        return None;
    }
    frame::set_seen(STALE);
    Some(trip(stack, owner, 0, 0, *at))
}

/// A number of iterations, from any integer type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`iterations` is a whole number, and `{Self}` is none",
    label = "write for example `iterations = 1000`"
)]
pub trait Count {
    /// Saturates: a negative number allows no iteration.
    fn count(self) -> u64;
}

macro_rules! count {
    ($($integer:ty)*) => {$(
        impl Count for $integer {
            #[inline(always)]
            fn count(self) -> u64 {
                u64::try_from(self.max(0)).unwrap_or(u64::MAX)
            }
        }
    )*};
}
count!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// The `timeout` of an attribute, in nanoseconds.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn nanos(limit: Duration) -> u64 {
    clock::nanos(limit)
}

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
    let (due, now) = earliest()?;
    let now = now.unwrap_or_else(clock::now);
    Some(Duration::from_nanos(due.saturating_sub(now)))
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
    clock::instant(earliest()?.0)
}

/// The deadline that counts, and the time if it was read for that.
fn earliest() -> Option<(u64, Option<u64>)> {
    shield::stand();
    let stack = Stack::current();
    let (earliest, now) = in_time(stack, stack.earliest(&EPOCH), None);
    (earliest.due != u64::MAX).then_some((earliest.due, now))
}
