//! What is open at a moment: every scope of every thread and of every future that waits.

use core::fmt;
use core::time::Duration;

use crate::alarm::alarms;
use crate::base::getters::getters;
use crate::base::layout::WALL;
use crate::base::location::Location;
use crate::base::site::Site;
#[cfg(feature = "policy")]
use crate::policy::{BreakerStatus, BulkheadStatus, meter, permits};
use crate::stack::frame::Saved;
use crate::stack::lease::open_scopes;
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::trip::why::Why;
use crate::watch::scan::{Holder, Id};
use crate::watch::turn;

/// The open scopes of the process, as [`snapshot()`] lists them.
///
/// Prints as a table with a line of at most 100 columns for each scope; of longer names and places the end is kept. With the
/// feature `policy`, a table of the breakers and bulkheads that have been called follows.
#[derive(Debug, Clone)]
pub struct Snapshot {
    scopes: Vec<OpenScope>,
    #[cfg(feature = "policy")]
    breakers: Vec<BreakerStatus>,
    #[cfg(feature = "policy")]
    bulkheads: Vec<BulkheadStatus>,
}

/// A scope that was open when the [`snapshot`] was taken.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, Place, snapshot};
///
/// let minute = Budget::timeout(Duration::from_secs(60)).named("minute");
/// let step = Budget::new().named("step");
/// let open = minute.run(|| step.run(snapshot).unwrap()).unwrap();
/// let scope = |name| open.iter().find(|scope| scope.name() == name).unwrap();
/// assert_eq!((scope("minute").depth(), scope("step").depth()), (0, 1));
/// assert!(scope("minute").age().is_some());
/// assert!(scope("step").remaining().is_none());
/// assert!(matches!(scope("step").place(), Place::Thread { .. }));
/// ```
#[derive(Debug, Clone)]
pub struct OpenScope {
    site: &'static Site,
    place: Place,
    depth: u32,
    age: Option<Duration>,
    remaining: Option<Duration>,
    looked: Option<Location>,
    overdue: Option<Why>,
}

/// Who has a scope open. Prints as `thread main` or `task 7`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// A thread that runs it.
    #[non_exhaustive]
    Thread {
        /// The thread's name; its number (`ThreadId(7)`) if it has none.
        name: String,
    },
    /// A guarded future that waits.
    #[non_exhaustive]
    Task {
        /// The future's number, which it keeps until it is left.
        number: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thread { name } => write!(f, "thread {name}"),
            Self::Task { number } => write!(f, "task {number}"),
        }
    }
}

/// Lists every open scope, those of functions that run and of futures that wait.
///
/// No check, entry or exit waits for it. A thread that opens and closes scopes at that very moment may be shown as it
/// was a moment before or after; if it opens the same few scopes again and again, its lines can stem from different
/// moments. Scopes that are [off](crate::Mode::Off) are left out.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, snapshot};
///
/// let budget = Budget::timeout(Duration::from_secs(60)).named("nightly");
/// let open = budget.run(snapshot).unwrap();
/// let nightly = open.iter().find(|scope| scope.name() == "nightly").unwrap();
/// assert!(nightly.remaining().unwrap() > Duration::from_secs(50));
/// for scope in &open {
///     println!("{} in {}", scope.name(), scope.place());
/// }
/// println!("{open}");
/// ```
#[must_use]
pub fn snapshot() -> Snapshot {
    let now = clock::real();
    let mut scopes = Vec::new();
    let causes = turn::causes();
    let cause_of = |id: Id| {
        let cause = causes.iter().find(|(other, _)| *other == id);
        cause.map(|(_, why)| why.clone())
    };
    let (open, waiting) = alarms::waiting(open_scopes);
    for busy in open {
        // Walls are frames of the runtime's own.
        let frames = (0..)
            .zip(&busy.scopes)
            .filter(|(_, (site, _))| site & WALL == 0);
        let frames = frames.filter(|(_, (site, _))| !Site::by_id(*site).is_off());
        for (depth, (index, (site, saved))) in (0..).zip(frames) {
            let name = busy.thread.clone();
            let mut scope = OpenScope::new(Site::by_id(*site), Place::Thread { name }, saved, now);
            scope.depth = depth;
            // A check from before the scope opened says nothing about it.
            let opened = saved.start(&EPOCH).unwrap_or(0);
            let looked = busy.looked.filter(|(time, _)| *time >= opened);
            scope.looked = looked.map(|(_, at)| at.location());
            scope.overdue = cause_of(Id {
                holder: Holder::Stack(busy.number),
                index,
                site: *site,
                due: saved.deadline(&EPOCH).0,
            });
            scopes.push(scope);
        }
    }
    for scope in waiting.iter().filter(|scope| !scope.site.is_off()) {
        let number = scope.number;
        let place = Place::Task { number };
        let mut open = OpenScope::new(scope.site, place, &scope.saved, now);
        open.overdue = cause_of(turn::task(scope));
        scopes.push(open);
    }
    Snapshot {
        scopes,
        #[cfg(feature = "policy")]
        breakers: meter::all(),
        #[cfg(feature = "policy")]
        bulkheads: permits::all(),
    }
}

impl Snapshot {
    /// How many scopes were open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scopes.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    /// The scopes: thread by thread, each with its outermost scope first, then the futures that wait.
    pub fn iter(&self) -> core::slice::Iter<'_, OpenScope> {
        self.scopes.iter()
    }

    #[cfg(feature = "serde")]
    pub(super) fn scopes(&self) -> &[OpenScope] {
        &self.scopes
    }

    /// The breakers that have been called and have not been dropped, in the order of their first calls.
    #[cfg(feature = "policy")]
    #[must_use]
    pub fn breakers(&self) -> &[BreakerStatus] {
        &self.breakers
    }

    /// The bulkheads that have been called and have not been dropped, in the order of their first calls.
    #[cfg(feature = "policy")]
    #[must_use]
    pub fn bulkheads(&self) -> &[BulkheadStatus] {
        &self.bulkheads
    }
}

impl<'s> IntoIterator for &'s Snapshot {
    type Item = &'s OpenScope;
    type IntoIter = core::slice::Iter<'s, OpenScope>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Snapshot {
    type Item = OpenScope;
    type IntoIter = std::vec::IntoIter<OpenScope>;

    fn into_iter(self) -> Self::IntoIter {
        self.scopes.into_iter()
    }
}

impl OpenScope {
    fn new(site: &'static Site, place: Place, saved: &Saved, now: u64) -> Self {
        let since = |from: u64, to: u64| Duration::from_nanos(to.saturating_sub(from));
        let (due, _) = saved.deadline(&EPOCH);
        Self {
            site,
            place,
            depth: 0,
            looked: None,
            overdue: None,
            age: saved.start(&EPOCH).map(|start| since(start, now)),
            remaining: (due != u64::MAX).then(|| since(now, due)),
        }
    }

    /// The name of the scope: `module::path::function`, or the name given.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.site.name()
    }

    /// Where its function (or [`Budget`](crate::Budget)) is written.
    #[must_use]
    pub fn location(&self) -> Location {
        self.site.location()
    }

    /// Who has it open: a thread, or a future that waits.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    getters! {
        /// How many scopes of the same thread are open around it.
        depth: u32,

        /// The loop (or checkpoint) of the last check of its thread that took the cold path, if there was one since the
        /// scope opened; `None` for a future that waits. That happens once a tick, so the thread was there some milliseconds
        /// ago.
        looked: Option<Location>,
    }

    /// Why it hangs, if it was reported as [overdue](crate::Event::Overdue) and its thread has made no check since.
    #[must_use]
    pub fn overdue(&self) -> Option<&Why> {
        self.overdue.as_ref()
    }

    getters! {
        /// How long it has been open, to about one percent of its budget; `None` if it has no time budget, since such a
        /// scope reads no clock (with the feature `metrics`, one in 64 does).
        age: Option<Duration>,

        /// What is left of its own time budget: zero once it is spent, `None` if it has none.
        remaining: Option<Duration>,
    }
}
