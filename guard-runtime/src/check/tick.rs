//! The check: the hot comparison, and the cold path behind it.

use core::time::Duration;

use crate::base::layout::{PARKED, STALE, WALL};
use crate::base::location::At;
use crate::base::reentry;
use crate::base::site::{Mode, Site};
use crate::check::accounts::{self, Looking};
use crate::check::counted;
#[cfg(feature = "testing")]
use crate::check::fault;
use crate::check::give_back::give_back;
use crate::check::warn;
use crate::driver;
#[cfg(feature = "metrics")]
use crate::metrics::ledger;
use crate::mode::resolve;
use crate::stack::current::{self, force_cold, set_seen};
use crate::stack::frame::Earliest;
use crate::stack::frames::Stack;
use crate::stack::witness::APART;
use crate::stack::{deadline, lease, wall};
use crate::time::epoch::EPOCH;
use crate::time::seen::Seen;
use crate::time::{clock, source};
use crate::trip::announce::announce;
use crate::trip::boundary::fall;
use crate::trip::event::Event;
use crate::trip::hook;
use crate::trip::tripped::{Cause, Tripped};
use crate::watch::recover;

/// How far ahead of a deadline the ticker ticks; the checks of the thread concerned then read the clock until the
/// deadline has passed. So neither a timer nor a scheduler delays the trip. Longer than timers are usually late.
pub(crate) const LEAD: u64 = 250_000;

/// The epoch to begin with in a function that opens no scope of its own.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn inherit() -> Seen {
    Seen(current::seen())
}

/// The check: has the epoch moved since?
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn due(seen: Seen) -> bool {
    EPOCH.load_relaxed() != seen.0
}

/// The cold path of a check: is any budget of this thread spent?
///
/// # Errors
///
/// The trip, if one is.
//
// An `extern "C"` function does not unwind (nothing here panics): without a landing pad for it in every loop, the
// register allocator keeps the loop's variables in registers. With one, a float reduction was four times slower.
#[doc(hidden)]
#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
pub extern "C" fn tick(at: &At) -> Result<Seen, Tripped> {
    if reentry::is_barred() {
        return Ok(Seen::STALE);
    }
    let stack = current::current();
    #[cfg(feature = "testing")]
    fault::strike(stack, at);
    if let Some(stack) = stack.filter(|stack| stack.witness.has_overdue()) {
        recover::recovered(stack);
    }
    if let Some(stack) = stack {
        warn::look(stack, at);
        count(stack, at)?;
    }
    let accounts = stack.filter(|_| accounts::is_open());
    if let Some(stack) = accounts {
        accounts::count(stack);
    }
    loop {
        // The epoch is loaded first: see `check_deadlines`. A token that is cancelled after the look moves it.
        let epoch = EPOCH.load_with_lag();
        let _looking = match accounts {
            Some(stack) => Some(Looking::new(accounts::look(stack, at)?)),
            None => None,
        };
        let (earliest, now) = stack.map_or((Earliest::NONE, None), deadline::counting);
        if let Some(stack) = stack {
            witness(stack, *at);
        }
        match (check_deadlines(earliest, epoch, now), stack) {
            // A scope that its mode lets pass counts no more. Find the earliest deadline of the others.
            (Found::Spent { owner, due, now }, Some(stack)) => {
                if let Some(tripped) = trip(stack, owner, due, now, *at) {
                    return Err(tripped);
                }
            }
            (Found::Spent { .. }, None) => unreachable!("a deadline without a scope"),
            (Found::Fine(seen), _) => return Ok(seen),
        }
    }
}

/// Records for the watchdog that this thread has made a cold check.
fn witness(stack: &Stack, at: At) {
    let now = if clock::is_paused() {
        APART
    } else {
        EPOCH.time()
    };
    stack.witness.look(now, at);
}

/// Counts this check, if a scope counts them.
#[inline]
fn count(stack: &Stack, at: &At) -> Result<(), Tripped> {
    let Some(owner) = counted::owner(stack) else {
        return Ok(());
    };
    let Err(limit) = stack.take(owner) else {
        return Ok(());
    };
    stack.spend(owner, limit);
    force_cold();
    trip(stack, owner, 0, 0, *at).map_or(Ok(()), Err)
}

/// The cold path of a check in a function without a place for an error.
//
// Split in two: what can return does not unwind, and what unwinds does not return. See `tick`.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
#[must_use]
pub fn look(at: &At) -> Seen {
    match tick_unless_panicking(at) {
        Ok(seen) => seen,
        Err(tripped) => fall(tripped),
    }
}

/// Like [`tick`], but nothing trips while the thread is already unwinding.
#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
extern "C" fn tick_unless_panicking(at: &At) -> Result<Seen, Tripped> {
    match tick(at) {
        Err(_) if std::thread::panicking() => Ok(Seen::STALE),
        looked => looked,
    }
}

/// Checks the deadlines, and leaves the trip to the next check. Unless something is due, scopes open under the
/// current epoch afterwards.
pub(crate) fn refresh() {
    let stack = lease::leased();
    let epoch = EPOCH.load_with_lag();
    let (earliest, now) = deadline::counting(stack);
    _ = check_deadlines(earliest, epoch, now);
}

/// What a check of the deadlines found.
pub(crate) enum Found {
    /// Nothing is due.
    Fine(Seen),
    /// The scope at the index `owner` was `due`, and the time is `now`.
    Spent { owner: u32, due: u64, now: u64 },
}

/// Compares the time with the deadline that counts, and asks the ticker for a tick there. Lag and epoch must have
/// been loaded before the deadline was, as [`Epoch::request`](crate::time::epoch::Epoch::request) requires; `now`
/// is the time, if it was read just now.
// Always inlined: if the deadline were passed in memory, it would be read back wider than it was written, which
// stalls the processor.
#[inline(always)]
pub(crate) fn check_deadlines(
    earliest: Earliest,
    (lag, word): (u64, u64),
    now: Option<u64>,
) -> Found {
    let (Earliest { due, owner }, settled) = (earliest, earliest.is_settled());
    let quantum = source::quantum().end();
    if due.min(quantum) == u64::MAX && settled {
        // On a paused clock no epoch counts as seen, since the next scope would start with it, in real time. Nor on
        // the ticker's own thread, which would have to move it.
        let seen = if clock::is_paused() || driver::is_here() {
            STALE
        } else {
            word
        };
        set_seen(seen, lag);
        return Found::Fine(Seen(seen));
    }
    let now = now.unwrap_or_else(clock::now);
    if now > due && settled {
        force_cold();
        return Found::Spent { owner, due, now };
    }
    let wish = if word & PARKED != 0 {
        now
    } else {
        due.saturating_sub(LEAD).min(quantum)
    };
    let on_the_clock = due.saturating_sub(now) <= LEAD
        || now >= quantum
        || clock::is_paused()
        || !driver::request(wish);
    let seen = if on_the_clock { STALE } else { word };
    set_seen(seen, lag);
    Found::Fine(Seen(seen))
}

/// The trip of the scope at `owner`, whose frame says why; `None` if its mode lets it pass, or if it is given time
/// back.
#[cold]
pub(crate) fn trip(stack: &Stack, owner: u32, due: u64, now: u64, at: At) -> Option<Tripped> {
    let (site, limit, spent) = stack.describe(owner);
    let is_scope = site & WALL == 0;
    if is_scope && spent.is_none() && give_back(stack, owner, Site::by_id(site), now) {
        return None;
    }
    let first = stack.tell(owner);
    let cause = match spent {
        Some(limit) => Cause::Iterations { limit },
        None => Cause::Timeout {
            limit: Duration::from_nanos(limit),
            elapsed: Duration::from_nanos(limit.saturating_add(now - due)),
        },
    };
    let (site, mode) = if is_scope {
        let site = Site::by_id(site);
        (site, resolve::of(site).0)
    } else {
        (wall::site(site), Mode::Enforce)
    };
    if mode != Mode::Enforce {
        if stack.let_pass(owner) && mode == Mode::Observe {
            hook::report(&Event::WouldTrip(Tripped::new(site, at, cause)));
        }
        return None;
    }
    #[cfg(feature = "metrics")]
    if first && spent.is_none() {
        ledger::late(now - due);
    }
    Some(announce(owner, site, at, cause, first))
}
