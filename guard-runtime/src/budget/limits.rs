//! The builder.

use core::ops::Deref;
use core::time::Duration;
use std::time::Instant;

use crate::base::location::Location;
use crate::base::site::Site;
use crate::stack::deadline;
use crate::time::clock;
use crate::time::moment;

/// What a scope may spend, for code that opens one by hand, or that decides at run time.
///
/// A budget is opened by [`run`](Self::run) or [`wrap`](Self::wrap), or by `#[loop_guard(budget = ..)]`, as
/// often as one likes: each opening has all of it.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, Cause, checkpoint};
///
/// let outcome = Budget::timeout(Duration::from_millis(5)).named("search").run(|| loop {
///     if let Err(tripped) = checkpoint() {
///         break tripped;
///     }
/// });
/// assert_eq!(outcome.unwrap().scope(), "search");
///
/// // Of several limits, the first one that is spent trips.
/// let both = Budget::new().timeout(Duration::from_secs(1)).iterations(3);
/// let outcome = both.run(|| (0..).find_map(|n| checkpoint().err().map(|tripped| (n, tripped.cause()))));
/// assert_eq!(outcome.unwrap(), Some((3, Cause::Iterations { limit: 3 })));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a budget does nothing until it is opened"]
pub struct Budget(Limits);

/// What a [`Budget`] was built of. It holds the methods whose names are those of functions of `Budget`, so that
/// both spellings compile: `Budget::timeout(d)` and `Budget::new().timeout(d)`.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Nanoseconds from the opening; `MAX` if there is no such limit.
    span: u64,
    until: Option<Instant>,
    pub(super) iterations: Option<u64>,
    pub(super) name: Option<&'static str>,
    pub(super) root: bool,
    pub(super) strict: bool,
    location: Location,
}

impl Deref for Budget {
    type Target = Limits;

    fn deref(&self) -> &Limits {
        &self.0
    }
}

impl Budget {
    /// A budget without a limit, to be given some.
    ///
    /// ```
    /// use guard_runtime::Budget;
    /// use std::time::Duration;
    ///
    /// struct Tenant { seconds: u64, rows: u64 }
    ///
    /// fn of(tenant: &Tenant) -> Budget {
    ///     Budget::new()
    ///         .timeout(Duration::from_secs(tenant.seconds))
    ///         .iterations(tenant.rows)
    ///         .named("tenant")
    /// }
    ///
    /// assert_eq!(of(&Tenant { seconds: 5, rows: 100 }).run(|| 1).unwrap(), 1);
    /// ```
    #[track_caller]
    #[allow(
        clippy::new_without_default,
        reason = "it remembers its caller's place"
    )]
    pub fn new() -> Self {
        Self(Limits {
            span: u64::MAX,
            until: None,
            iterations: None,
            name: None,
            root: false,
            strict: false,
            location: Location::caller(),
        })
    }

    /// A wall-clock budget, from the opening of its scope.
    ///
    /// [`Duration::MAX`] never ends; [`Duration::ZERO`] is spent at the first check.
    #[track_caller]
    pub fn timeout(limit: Duration) -> Self {
        Self::new().0.timeout(limit)
    }

    /// A moment instead of a span: the scope may last until then.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use guard_runtime::{Budget, checkpoint, deadline};
    ///
    /// let budget = Budget::until(Instant::now() + Duration::from_millis(2));
    /// assert!(budget.run(deadline).unwrap().is_some());
    /// assert!(budget.run(|| while checkpoint().is_ok() {}).is_ok());
    /// assert!(budget.run(|| ()).is_err(), "it has passed for good");
    /// ```
    #[track_caller]
    pub fn until(moment: Instant) -> Self {
        let mut this = Self::new();
        this.0.until = Some(moment);
        this
    }

    /// What remains to the present scope, to be spent elsewhere: its [`deadline`](crate::deadline()). Without
    /// limit where there is none.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, remaining};
    ///
    /// let limit = Duration::from_millis(500);
    /// let elsewhere = Budget::timeout(limit).run(|| {
    ///     let rest = Budget::rest().named("worker");
    ///     std::thread::spawn(move || rest.run(remaining)).join()
    /// });
    /// let remained = elsewhere.unwrap().unwrap().unwrap();
    /// assert!(remained.unwrap() <= limit);
    /// ```
    #[track_caller]
    pub fn rest() -> Self {
        let mut this = Self::new();
        this.0.until = deadline::current().and_then(|(earliest, _)| clock::instant(earliest.due));
        this
    }

    /// So many checks, and not one more: [`checkpoint`](crate::checkpoint)s and iterations of guarded loops
    /// without a scope of their own (`inherit`). A plain loop over a slice or a range runs in strips, which
    /// have one check. With `#[loop_guard(budget = ..)]`, these are the iterations of that function's own
    /// loops.
    pub fn iterations(mut self, limit: u64) -> Self {
        self.0.iterations = Some(limit);
        self
    }

    /// The name that [`Tripped::scope`](crate::Tripped::scope) tells; `budget` without it.
    pub fn named(mut self, name: &'static str) -> Self {
        self.0.name = Some(name);
        self
    }

    /// An entry point: nothing around its scope counts inside, neither deadlines nor trips, and a trip inside
    /// goes no further than to it. For jobs that a pool runs on a thread that waits for others of its jobs:
    /// see [Threads, pools, runtimes](crate#threads-pools-runtimes).
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, checkpoint};
    ///
    /// let outcome = Budget::timeout(Duration::from_millis(1)).run(|| {
    ///     while checkpoint().is_ok() {}
    ///     // Somebody else's job, which this thread happens to run now.
    ///     Budget::timeout(Duration::from_secs(5)).root().run(checkpoint)
    /// });
    /// assert!(outcome.unwrap().unwrap().is_ok());
    /// ```
    pub fn root(mut self) -> Self {
        self.0.root = true;
        self
    }

    /// A result that comes after the deadline is a trip as well. Without it, whoever finishes late without
    /// coming to a check on the way still has finished.
    ///
    /// ```
    /// use std::{thread::sleep, time::Duration};
    /// use guard_runtime::Budget;
    ///
    /// let budget = Budget::timeout(Duration::from_millis(1));
    /// let late = || sleep(Duration::from_millis(5));
    /// assert!(budget.run(late).is_ok());
    /// assert!(budget.strict().run(late).is_err());
    /// ```
    pub fn strict(mut self) -> Self {
        self.0.strict = true;
        self
    }

    // A limit of another kind is a field of `Limits`, a method here, and a line in `run.rs` and `granted.rs`.
}

impl Limits {
    /// A wall-clock budget, from the opening of the scope: see [`Budget::timeout`]. The earlier one counts,
    /// if there is a moment as well.
    pub fn timeout(&self, limit: Duration) -> Budget {
        Budget(Self {
            span: clock::nanos(limit),
            ..self.clone()
        })
    }

    /// The time that a scope may take which opens now, in nanoseconds.
    pub(super) fn limit(&self) -> u64 {
        self.until.map_or(u64::MAX, until).min(self.span)
    }

    /// Its site, where it is opened by hand.
    pub(super) fn site(&self) -> &'static Site {
        Site::named(self.name.unwrap_or("budget"), self.location)
    }
}

/// The nanoseconds from now until then.
#[doc(hidden)]
#[must_use]
pub fn until(moment: Instant) -> u64 {
    moment::of(moment).saturating_sub(clock::now())
}
