//! Walls: places inside which the budgets around them do not count.

use core::cell::Cell;
use core::panic::Location as Caller;
use core::time::Duration;

use crate::clock;
use crate::epoch::EPOCH;
use crate::frame::{self, WALL};
use crate::hook::{Event, report};
use crate::scope::{self, Scope};
use crate::site::{Location, Site};

/// The kinds of walls, as their frames keep them.
pub(crate) const CLEANUP: u32 = WALL;
const SHIELD: u32 = WALL | 1;

fn name(kind: u32) -> &'static str {
    if kind == CLEANUP { "cleanup" } else { "shield" }
}

thread_local! {
    /// Where the innermost wall is written; its frame has no room for that.
    static PLACE: Cell<Option<&'static Caller<'static>>> = const { Cell::new(None) };
}

/// What a trip of the innermost wall names.
#[cold]
pub(crate) fn site(kind: u32) -> &'static Site {
    let place = PLACE.get().unwrap_or_else(|| Caller::caller());
    Site::named(name(kind), Location::of(place))
}

/// An open wall.
pub(crate) struct Wall {
    scope: Scope,
    kind: u32,
    /// As it was before.
    seen: u64,
    place: Option<&'static Caller<'static>>,
    /// While the epoch has not moved since, there was no time to run over.
    word: u64,
}

impl Wall {
    #[inline(always)]
    pub(crate) fn new(kind: u32, limit: u64, place: &'static Caller<'static>) -> Self {
        let seen = frame::seen();
        let (scope, word) = scope::wall(kind, limit, seen);
        Self {
            scope,
            kind,
            seen,
            place: PLACE.replace(Some(place)),
            word,
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_overrun(&self) {
        let Some((limit, elapsed)) = self.scope.overrun() else {
            return;
        };
        let location = Location::of(PLACE.get().unwrap_or_else(|| Caller::caller()));
        report(&Event::CleanupOverrun {
            what: name(self.kind),
            location,
            limit,
            elapsed,
        });
    }
}

impl Drop for Wall {
    #[inline(always)]
    fn drop(&mut self) {
        if EPOCH.glance() != self.word {
            self.tell_overrun();
        }
        PLACE.set(self.place);
        // What was found inside says nothing of the budgets outside.
        frame::set_seen(self.seen);
    }
}

/// Calls `f` with every trip postponed: inside, no budget of the scopes around counts.
///
/// For a section that must not be left half done. A trip that is pending then comes at the first
/// check behind it. Scopes opened inside count as ever, and so do their own trips. Without a bound:
/// a loop inside that never ends is never stopped; see [`shield_for`].
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, checkpoint, shield};
///
/// Budget::timeout(Duration::ZERO).run(|| {
///     shield(|| assert!(checkpoint().is_ok()));
///     assert!(checkpoint().is_err());
/// });
/// ```
#[track_caller]
pub fn shield<T>(f: impl FnOnce() -> T) -> T {
    let _wall = Wall::new(SHIELD, u64::MAX, Caller::caller());
    f()
}

/// Calls `f` as [`shield`] does, for at most this long: then the checks inside trip, and name the
/// shield. That it took longer is reported as [`Event::CleanupOverrun`], also if no check noticed.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{checkpoint, shield_for};
///
/// let outcome = shield_for(Duration::from_millis(1), || loop {
///     if let Err(tripped) = checkpoint() {
///         break tripped;
///     }
/// });
/// assert_eq!(outcome.scope(), "shield");
/// ```
#[track_caller]
pub fn shield_for<T>(limit: Duration, f: impl FnOnce() -> T) -> T {
    let _wall = Wall::new(SHIELD, clock::nanos(limit), Caller::caller());
    f()
}
