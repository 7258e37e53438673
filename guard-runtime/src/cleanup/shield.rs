//! Walls: places inside which the budgets around them do not count.

use core::cell::Cell;
use core::panic::Location as Caller;
use core::time::Duration;

use crate::base::site::{Location, Site};
use crate::check::leave;
use crate::check::scope::{self, LONG, Scope};
use crate::stack::frame::{self, Saved, Stack, WALL};
use crate::time::clock;
use crate::time::epoch::{EPOCH, STALE};
use crate::trip::hook::{Event, report};

/// The kinds of walls, as their frames keep them.
const CLEANUP: u32 = WALL;
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
/// Most cleanups come to no check. So the wall is planned, and what was seen is made stale and the word
/// for entries hidden, so that whoever enters a scope or comes to a check takes the cold path; and every
/// cold path begins with [`stand`]. Whatever is then pushed is above the wall.
struct Plan {
    limit: Cell<u64>,
    place: Cell<Option<&'static Caller<'static>>>,
    /// Then no second one can be planned, and what follows is of use.
    stands: Cell<bool>,
    /// The epoch's, when it was planned.
    word: Cell<u64>,
    /// Below the wall.
    depth: Cell<u32>,
    outer: Cell<Option<&'static Caller<'static>>>,
}

impl Plan {
    const fn new() -> Self {
        Self {
            limit: Cell::new(0),
            place: Cell::new(None),
            stands: Cell::new(false),
            word: Cell::new(STALE),
            depth: Cell::new(0),
            outer: Cell::new(None),
        }
    }

    #[cold]
    #[inline(never)]
    fn stand(&self, stack: &Stack, word: u64) {
        let saved = self.saved(stack, word);
        stack.reveal(word);
        // Nobody has seen anything behind the wall.
        stack.admit(STALE, None);
        self.word.set(word);
        self.depth.set(stack.depth());
        stack.resume(CLEANUP, &saved);
        self.stands.set(true);
        self.outer.set(PLACE.replace(self.place.get()));
        leave::raise();
    }

    /// It begins as a scope would that opens as usual.
    fn saved(&self, stack: &Stack, word: u64) -> Saved {
        Saved {
            start: word,
            limit: self.limit.get(),
            lag: stack.lag(),
        }
    }

    /// The end of a wall that stands, or that was there when the epoch moved.
    #[cold]
    #[inline(never)]
    fn end(&self) {
        let stack = Stack::usual();
        let begun = stack.hidden().unwrap_or_else(|| self.word.get());
        if EPOCH.glance() != begun {
            self.tell_overrun(stack);
        }
        // Whoever is told of an overrun may have it stand.
        if !frame::reveal(stack, begun) {
            self.fall(stack);
        }
    }

    fn tell_overrun(&self, stack: &Stack) {
        let (saved, due) = match stack.hidden() {
            Some(word) => (self.saved(stack, word), None),
            None => {
                let depth = self.depth.get();
                let due = stack.settled_deadline(depth);
                (stack.save(depth), due)
            }
        };
        if let Some(place) = self.place.get() {
            tell_overrun(CLEANUP, &saved, due, place);
        }
    }

    fn fall(&self, stack: &Stack) {
        leave::lower();
        PLACE.set(self.outer.get());
        self.stands.set(false);
        stack.set_depth(self.depth.get());
        come_back(self.word.get());
    }
}

/// At the beginning of everything that reads or changes the stack: a wall that is planned stands now.
#[inline]
pub(crate) fn stand() {
    let stack = Stack::usual();
    if let Some(word) = stack.hidden() {
        PLAN.with(|plan| plan.stand(stack, word));
    }
}

/// What a trip of the innermost wall names.
#[cold]
pub(crate) fn site(kind: u32) -> &'static Site {
    let place = PLACE.get().unwrap_or_else(|| Caller::caller());
    Site::named(name(kind), Location::of(place))
}

/// A planned wall. Whatever it needs to know is where the cold paths find it, so that nothing has to be
/// kept in a register meanwhile.
pub(crate) struct Planned(());

impl Planned {
    /// `None` if the wall has to stand from the beginning; so has one of a limit that is not [`LONG`].
    ///
    /// One comparison tells most of what could be in the way. There is no entry word but an old one
    /// before the thread's first scope, behind a trip, in paused time, while the ticker is parked, and
    /// where a wall is planned already.
    #[inline(always)]
    pub(crate) fn new(limit: u64, place: &'static Caller<'static>) -> Option<Self> {
        let stack = Stack::usual();
        let word = EPOCH.word();
        if word != stack.entry() {
            return None;
        }
        PLAN.with(|plan| {
            if plan.stands.get() {
                return None;
            }
            plan.limit.set(limit);
            plan.place.set(Some(place));
            frame::hide(stack, word);
            Some(Self(()))
        })
    }
}

impl Drop for Planned {
    #[inline(always)]
    fn drop(&mut self) {
        // While the epoch has not moved since, there was no time to run over.
        if !frame::reveal(Stack::usual(), EPOCH.glance()) {
            PLAN.with(Plan::end);
        }
    }
}

/// The wall of a cleanup that is not run as usual.
pub(crate) enum Wall {
    /// See [`Planned`].
    Planned(#[allow(dead_code, reason = "for its destructor")] Planned),
    /// See [`Standing`].
    Standing(#[allow(dead_code, reason = "for its destructor")] Standing),
}

impl Wall {
    /// With a look first, if the wall can be planned then, unless something is due.
    pub(crate) fn new(limit: u64, place: &'static Caller<'static>) -> Self {
        let taken = PLAN.with(|plan| plan.stands.get()) || Stack::usual().hidden().is_some();
        let planned = if taken || limit < LONG {
            None
        } else {
            scope::refresh();
            Planned::new(limit, place)
        };
        match planned {
            Some(wall) => Self::Planned(wall),
            None => Self::Standing(Standing::new(CLEANUP, limit, place)),
        }
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
    let limit = saved.limit;
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
