//! Walls: places inside which the budgets around them do not count.

use core::cell::Cell;
use core::panic::Location as Caller;
use core::time::Duration;

use crate::clock;
use crate::epoch::{EPOCH, PARKED, STALE};
use crate::frame::{self, Saved, WALL};
use crate::hook::{Event, report};
use crate::scope::{self, LONG, Scope};
use crate::site::{Location, Site};

/// The kinds of walls, as their frames keep them.
pub(crate) const CLEANUP: u32 = WALL;
const SHIELD: u32 = WALL | 1;

fn name(kind: u32) -> &'static str {
    if kind == CLEANUP { "cleanup" } else { "shield" }
}

thread_local! {
    /// Where the innermost wall that stands is written; its frame has no room for that.
    static PLACE: Cell<Option<&'static Caller<'static>>> = const { Cell::new(None) };
    static PLAN: Plan = const { Plan::new() };
}

/// The wall of a cleanup, which stands only once somebody comes to it.
///
/// Most cleanups come to no check. So the wall is planned, and what was seen is made stale, so that
/// whoever enters a scope or comes to a check takes the cold path; and every cold path begins with
/// [`stand`]. Whatever is then pushed is above the wall.
struct Plan {
    state: Cell<State>,
    start: [Cell<u64>; 3],
    place: Cell<Option<&'static Caller<'static>>>,
    /// Below the wall, once it stands.
    depth: Cell<u32>,
    outer: Cell<Option<&'static Caller<'static>>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    None,
    Planned,
    Standing,
}

impl Plan {
    const fn new() -> Self {
        Self {
            state: Cell::new(State::None),
            start: [const { Cell::new(0) }; 3],
            place: Cell::new(None),
            depth: Cell::new(0),
            outer: Cell::new(None),
        }
    }

    #[inline(always)]
    fn make(&self, saved: &Saved, place: &'static Caller<'static>) {
        self.state.set(State::Planned);
        for (cell, part) in self.start.iter().zip(saved.parts()) {
            cell.set(part);
        }
        self.place.set(Some(place));
    }

    #[cold]
    #[inline(never)]
    fn stand(&self) {
        self.state.set(State::Standing);
        let scope = Scope::base();
        scope.place().0.resume(CLEANUP, &self.saved());
        self.depth.set(scope.keep());
        self.outer.set(PLACE.replace(self.place.get()));
    }

    fn saved(&self) -> Saved {
        Saved::from_parts([0, 1, 2].map(|part| self.start[part].get()))
    }

    #[cold]
    #[inline(never)]
    fn tell_overrun(&self) {
        let standing = self.state.get() == State::Standing;
        let due = standing.then(|| {
            let scope = Scope::kept(self.depth.get());
            let (stack, depth) = scope.place();
            scope.keep();
            stack.settled_deadline(depth)
        });
        if let Some(place) = self.place.get() {
            tell_overrun(CLEANUP, &self.saved(), due.flatten(), place);
        }
    }

    #[cold]
    #[inline(never)]
    fn fall(&self, word: u64) {
        PLACE.set(self.outer.get());
        drop(Scope::kept(self.depth.get()));
        come_back(word);
    }
}

/// At the beginning of everything that reads or changes the stack: a wall that is planned stands now.
#[inline]
pub(crate) fn stand() {
    PLAN.with(|plan| {
        if plan.state.get() == State::Planned {
            plan.stand();
        }
    });
}

/// What a trip of the innermost wall names.
#[cold]
pub(crate) fn site(kind: u32) -> &'static Site {
    let place = PLACE.get().unwrap_or_else(|| Caller::caller());
    Site::named(name(kind), Location::of(place))
}

/// A planned wall. Small, and never moved: what is written in words and read in pairs, as moving it
/// would, keeps the processor waiting for longer than all the rest takes.
pub(crate) struct Planned {
    /// As it was before.
    seen: u64,
    /// While the epoch has not moved since, there was no time to run over.
    word: u64,
}

impl Planned {
    /// `None` if the wall has to stand from the beginning.
    #[inline(always)]
    pub(crate) fn new(limit: u64, place: &'static Caller<'static>) -> Option<Self> {
        let seen = frame::seen();
        let (lag, word) = EPOCH.entry();
        // In paused time nothing is ever seen.
        if seen == STALE || word & PARKED != 0 || limit < LONG {
            return None;
        }
        PLAN.with(|plan| {
            if plan.state.get() != State::None {
                return None;
            }
            plan.make(&Saved::from_parts([word, limit, lag]), place);
            frame::set_seen(STALE);
            Some(Self { seen, word })
        })
    }
}

impl Drop for Planned {
    #[inline(always)]
    fn drop(&mut self) {
        if EPOCH.glance() != self.word {
            PLAN.with(Plan::tell_overrun);
        }
        // What was found inside says nothing of the budgets outside.
        frame::set_seen(self.seen);
        PLAN.with(|plan| {
            if plan.state.replace(State::None) == State::Standing {
                plan.fall(self.word);
            }
        });
    }
}

/// A wall that stands from the beginning.
pub(crate) struct Standing {
    scope: Option<Scope>,
    kind: u32,
    /// The epoch's, when it was built.
    word: u64,
    place: &'static Caller<'static>,
    outer: Option<&'static Caller<'static>>,
    saved: Saved,
}

impl Standing {
    pub(crate) fn new(kind: u32, limit: u64, place: &'static Caller<'static>) -> Self {
        let word = EPOCH.word();
        let (scope, saved) = scope::wall(kind, limit);
        Self {
            scope: Some(scope),
            kind,
            word,
            place,
            outer: PLACE.replace(Some(place)),
            saved,
        }
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        tell_overrun(self.kind, &self.saved, None, self.place);
        PLACE.set(self.outer);
        self.scope = None;
        come_back(self.word);
    }
}

/// A wall that stands for as long as this, whatever that is.
pub(crate) struct Unbounded(#[allow(dead_code, reason = "for its destructor")] Standing);

impl Unbounded {
    pub(crate) fn new(place: &'static Caller<'static>) -> Self {
        Self(Standing::new(SHIELD, u64::MAX, place))
    }
}

/// Behind a wall that was built when the epoch's word was this. Whatever ran out meanwhile is noticed
/// at the very next check, of loops that hold the word as well, even if the ticker is late.
fn come_back(word: u64) {
    frame::set_seen(STALE);
    if EPOCH.word() == word && scope::is_spent() {
        EPOCH.bump();
    }
}

/// Reports a wall that was there for too long: beyond `known`, if a check has worked out what that is.
fn tell_overrun(kind: u32, saved: &Saved, known: Option<u64>, place: &'static Caller<'static>) {
    let [_, limit, _] = saved.parts();
    if limit == u64::MAX {
        return;
    }
    let (due, settled) = known.map_or_else(|| saved.deadline(&EPOCH), |due| (due, true));
    let now = clock::now();
    if settled && now > due {
        report(&Event::CleanupOverrun {
            what: name(kind),
            location: Location::of(place),
            limit: Duration::from_nanos(limit),
            elapsed: Duration::from_nanos(limit.saturating_add(now - due)),
        });
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
    let _wall = Standing::new(SHIELD, u64::MAX, Caller::caller());
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
    let _wall = Standing::new(SHIELD, clock::nanos(limit), Caller::caller());
    f()
}
