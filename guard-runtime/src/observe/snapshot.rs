//! What is open at a moment: every scope of every thread and of every future that waits.

use core::fmt;
use core::time::Duration;

use crate::alarm::alarms;
use crate::base::layout::WALL;
use crate::base::location::Location;
use crate::base::site::{Mode, Site};
use crate::stack::frame::Saved;
use crate::stack::lease::open_scopes;
use crate::time::clock;
use crate::time::epoch::EPOCH;

/// Every open scope of the process, at about one moment; see [`snapshot`].
///
/// Prints as a table, a line for each scope.
#[derive(Debug, Clone)]
pub struct Snapshot {
    scopes: Vec<OpenScope>,
}

/// A scope that was open when the [`snapshot`] was taken.
#[derive(Debug, Clone)]
pub struct OpenScope {
    site: &'static Site,
    place: String,
    age: Duration,
    remaining: Option<Duration>,
}

/// Lists every open scope, those of functions that run and of futures that wait.
///
/// Takes no lock that a check, an entry or an exit would wait for. A thread that opens and closes
/// scopes at that very moment may be seen as it was a moment before or after; if they are the same few
/// over and over, lines of different moments can stand beside each other. Scopes that are
/// [off](Mode::Off) are left out.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, snapshot};
///
/// let budget = Budget::timeout(Duration::from_secs(60)).named("nightly");
/// let open = budget.run(snapshot).unwrap();
/// let nightly = open.iter().find(|scope| scope.name() == "nightly").unwrap();
/// assert!(nightly.remaining().unwrap() > Duration::from_secs(50));
/// println!("{open}");
/// ```
#[must_use]
pub fn snapshot() -> Snapshot {
    let now = clock::real();
    let mut scopes = Vec::new();
    let (open, waiting) = alarms::waiting(open_scopes);
    for (thread, open) in open {
        // A wall is no scope of anybody's.
        let open = open.iter().filter(|(site, _)| site & WALL == 0);
        let open = open.map(|(site, saved)| (Site::by_id(*site), saved));
        let open = open.filter(|(site, _)| is_on(site));
        scopes.extend(
            open.map(|(site, saved)| OpenScope::new(site, format!("thread {thread}"), saved, now)),
        );
    }
    for scope in waiting.iter().filter(|scope| is_on(scope.site)) {
        let place = format!("task {}", scope.number);
        scopes.push(OpenScope::new(scope.site, place, &scope.saved, now));
    }
    Snapshot { scopes }
}

/// Whether its scopes are more than the place of a guard that is off.
fn is_on(site: &Site) -> bool {
    site.mode() != Some(Mode::Off)
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

    /// The scopes: thread by thread, the outermost first, then the futures that wait.
    pub fn iter(&self) -> impl Iterator<Item = &OpenScope> {
        self.scopes.iter()
    }
}

impl OpenScope {
    fn new(site: &'static Site, place: String, saved: &Saved, now: u64) -> Self {
        let since = |from: u64, to: u64| Duration::from_nanos(to.saturating_sub(from));
        let (due, _) = saved.deadline(&EPOCH);
        Self {
            site,
            place,
            age: saved
                .start(&EPOCH)
                .map_or(Duration::ZERO, |start| since(start, now)),
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

    /// Which thread runs it, by name or number, or which task waits: `thread main`, `task 7`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// For how long it has been open; to about one percent of the budget, and zero where that is not
    /// known (a scope without a time budget may have read no clock).
    #[must_use]
    pub fn age(&self) -> Duration {
        self.age
    }

    /// What is left of its own time budget: zero once it is spent, `None` if it has none.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.remaining
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return write!(f, "no scope is open");
        }
        let width = |text: fn(&OpenScope) -> usize, title: &str| {
            self.iter().map(text).max().unwrap_or(0).max(title.len())
        };
        let name = width(|scope| scope.name().len(), "scope");
        let place = width(|scope| scope.place.len(), "where");
        write!(
            f,
            "{:name$}  {:place$}  {:>10}  {:>10}  written at",
            "scope", "where", "age", "left"
        )?;
        for scope in self.iter() {
            let left = scope
                .remaining
                .map_or("-".to_owned(), |left| format!("{left:.1?}"));
            write!(
                f,
                "\n{:name$}  {:place$}  {:>10}  {left:>10}  {}",
                scope.name(),
                scope.place,
                format!("{:.1?}", scope.age),
                scope.location(),
            )?;
        }
        Ok(())
    }
}
