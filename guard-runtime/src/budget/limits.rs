//! The builder of budgets.

use core::ops::Deref;
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use crate::base::location::Location;
use crate::base::options::Options;
use crate::base::site::Site;
use crate::cancel::asked::IntoCancel;
use crate::check::account::{Account, AccountLimits};
use crate::stack::deadline;
use crate::time::clock;
use crate::time::moment;

/// What a scope may spend, for code that opens one by hand, or that decides at run time.
///
/// A budget can be opened any number of times, by [`run`](Self::run), by [`wrap`](Self::wrap) or by
/// `#[loop_guard(budget = ..)]`: each opening has all of it.
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
pub struct Budget(pub(super) Limits);

/// The parts of a [`Budget`]. It has the methods that share their name with a constructor of `Budget`, so that both
/// spellings compile: `Budget::timeout(d)` and `Budget::new().timeout(d)`.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Nanoseconds from the opening; `MAX` if there is no such limit.
    span: u64,
    until: Option<Instant>,
    pub(super) iterations: Option<u64>,
    pub(super) name: Option<&'static str>,
    pub(super) root: bool,
    pub(super) strict: bool,
    pub(super) ignores_pauses: bool,
    pub(super) account: AccountLimits,
    location: Location,
}

impl Deref for Budget {
    type Target = Limits;

    fn deref(&self) -> &Limits {
        &self.0
    }
}

impl Budget {
    /// A budget without a limit, to which methods add some.
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
            ignores_pauses: false,
            account: AccountLimits::default(),
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

    /// A point in time instead of a duration: the scope may last until then.
    ///
    /// Where one hop waits for another, both with the same deadline, the waiting one is spent as well when the other one
    /// says what went wrong, and nobody hears it. So give the inner hop a margin, as long as it takes to pass an error
    /// on: `Budget::until(end - margin)`. Threads that are told to stop do so within 0.3 ms and the time between two of
    /// their checks, a machine under load apart; 10 ms are plenty where no network is between.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use guard_runtime::{Budget, checkpoint, deadline};
    ///
    /// let budget = Budget::until(Instant::now() + Duration::from_secs(3600));
    /// assert!(budget.run(deadline).unwrap().is_some());
    /// assert!(budget.run(checkpoint).unwrap().is_ok());
    ///
    /// let passed = Budget::until(Instant::now());
    /// assert!(passed.run(|| ()).is_err(), "for good");
    /// ```
    #[track_caller]
    pub fn until(moment: Instant) -> Self {
        let mut this = Self::new();
        this.0.until = Some(moment);
        this
    }

    /// What is left of the current scope's time, to be spent elsewhere: its [`deadline`](crate::deadline()).
    /// Without a deadline there is no limit.
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

    /// At most this many checks: [`checkpoint`](crate::checkpoint)s and iterations of guarded loops without a scope
    /// of their own (`inherit`). A plain loop over a slice or a range runs in strips, each of which has one check.
    /// With `#[loop_guard(budget = ..)]`, these are the iterations of that function's own loops.
    pub fn iterations(mut self, limit: u64) -> Self {
        self.0.iterations = Some(limit);
        self
    }

    /// The name that [`Tripped::scope`](crate::Tripped::scope) reports; without it, `budget`.
    pub fn named(mut self, name: &'static str) -> Self {
        self.0.name = Some(name);
        self
    }

    /// Makes the scope an entry point: nothing around it counts inside, neither deadlines nor trips, and a trip
    /// inside ends at it. For jobs that a pool runs on a thread that waits for other jobs: see [Threads, pools,
    /// runtimes](crate#threads-pools-runtimes).
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

    /// A result that comes after the deadline is a trip as well, and so is one after a trip whose error was dropped.
    /// Without it, whoever finishes late without coming to a check on the way still has finished. So has a function with
    /// `#[loop_guard(budget = ..)]` that is `#[track_caller]`, returns `!` or an `impl Fn`, or says `on_trip = "break"`.
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

    /// Makes time not count in which the whole process stood still: it was stopped (`SIGSTOP`, a debugger, a frozen
    /// container), or the machine was so starved that nothing ran for 100 ms or more. The scope gets that time back
    /// when its own is over; until then [`remaining`](crate::remaining) returns less. Has no effect with
    /// [`all`](Self::all), where the time is no deadline.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, checkpoint};
    ///
    /// let budget = Budget::timeout(Duration::from_millis(2)).ignore_pauses();
    /// let outcome = budget.run(|| while checkpoint().is_ok() {});
    /// assert!(outcome.is_ok(), "nobody has stopped it");
    /// ```
    pub fn ignore_pauses(mut self) -> Self {
        self.0.ignores_pauses = true;
        self
    }

    /// CPU time from the opening on, of all threads that run in the scope. Waiting costs nothing, and neither does
    /// a machine under load. A trip is never early, and late by at most 2 ms or 2 % (feature `cpu`).
    ///
    /// Zero is spent at the first check that finds any CPU time used.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, Cause, checkpoint};
    ///
    /// let limit = Duration::from_millis(5);
    /// let outcome = Budget::new().cpu(limit).run(|| {
    ///     std::thread::sleep(4 * limit); // costs no CPU time
    ///     checkpoint().unwrap();
    ///     loop {
    ///         if let Err(tripped) = checkpoint() {
    ///             break tripped.cause();
    ///         }
    ///     }
    /// });
    /// assert!(matches!(outcome, Ok(Cause::Cpu { used, .. }) if used > limit));
    /// ```
    #[cfg(feature = "cpu")]
    pub fn cpu(mut self, limit: Duration) -> Self {
        self.0.account.cpu = Some(clock::nanos(limit));
        self
    }

    /// At most this many scopes of this place may be open at a time on one thread, or in one task: a runaway
    /// recursion is left long before the stack ends. The scope that is one too many trips at its entry; zero admits
    /// none.
    ///
    /// ```
    /// use guard_runtime::{Budget, Cause, Tripped};
    ///
    /// fn descend(levels: u64) -> Result<u64, Tripped> {
    ///     Budget::new().depth(100).run(|| if levels == 0 { Ok(0) } else { Ok(descend(levels - 1)? + 1) })?
    /// }
    ///
    /// assert_eq!(descend(99).unwrap(), 99);
    /// assert_eq!(descend(1_000_000).unwrap_err().cause(), Cause::Depth { limit: 100 });
    /// ```
    pub fn depth(mut self, limit: u64) -> Self {
        self.0.account.depth = Some(limit);
        self
    }

    /// A token that trips the scope once it is cancelled. Several can be given; any one of them is enough.
    ///
    /// A [`CancelToken`](crate::CancelToken) is noticed at the next check, and wakes what waits in the scope; any
    /// other token is asked at ticks, at most 8 ms apart. It must not block; one that panics counts as cancelled.
    ///
    /// ```
    /// use guard_runtime::{Budget, CancelToken, Cause, checkpoint};
    ///
    /// let token = CancelToken::new();
    /// let outcome = Budget::new().cancel(&token).run(|| {
    ///     token.cancel("client gone");
    ///     checkpoint().unwrap_err().cause()
    /// });
    /// assert!(matches!(outcome, Ok(Cause::Cancelled { reason: "client gone", .. })));
    /// ```
    pub fn cancel(mut self, token: impl IntoCancel) -> Self {
        self.0.account.tokens.push(token.into_cancel());
        self
    }

    /// Makes the scope trip once the last of its budgets is spent, instead of the first: a scope that has used
    /// little CPU time does not trip because the machine stalls, nor does a short burst trip one. A cancel still
    /// trips it at once. The error lists each budget, and [`iterations`](Self::iterations) are checks in it, even
    /// with `#[loop_guard(budget = ..)]`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, Cause, checkpoint};
    ///
    /// let both = Budget::timeout(Duration::from_millis(2)).iterations(10).all();
    /// let outcome = both.run(|| {
    ///     std::thread::sleep(Duration::from_millis(5));
    ///     (0..).find_map(|n| checkpoint().err().map(|tripped| (n, tripped.cause())))
    /// });
    /// assert!(matches!(outcome, Ok(Some((10, Cause::All { .. })))));
    /// ```
    pub fn all(mut self) -> Self {
        self.0.account.all = true;
        self
    }

    // Another kind of limit needs a field of `Limits`, a method here, and a line in `run.rs` and `granted.rs`.
}

impl Limits {
    /// A wall-clock budget, from the opening of the scope: see [`Budget::timeout`]. If there is a point in time as
    /// well, the earlier of both counts.
    pub fn timeout(&self, limit: Duration) -> Budget {
        Budget(Self {
            span: clock::nanos(limit),
            ..self.clone()
        })
    }

    /// The time limit of a scope that opens now, in nanoseconds.
    pub(super) fn limit(&self) -> u64 {
        self.until.map_or(u64::MAX, until).min(self.span)
    }

    /// The time limit of the scope's frame: none if it is only one of several budgets that must all be spent.
    pub(super) fn frame_limit(&self) -> u64 {
        if self.account.all {
            u64::MAX
        } else {
            self.limit()
        }
    }

    /// The iterations that the scope's frame counts.
    pub(super) fn frame_iterations(&self) -> Option<u64> {
        self.iterations.filter(|_| !self.account.all)
    }

    /// The account of a scope that opens now, if it needs one.
    pub(super) fn account(&self, site: &'static Site) -> Option<Arc<Account>> {
        let limits = &self.account;
        let account = || Account::new(site, limits, self.limit(), self.iterations);
        limits.is_some().then(account)
    }

    /// The site of scopes that are opened by hand.
    pub(super) fn site(&self) -> &'static Site {
        let name = self.name.unwrap_or("budget");
        Site::by_hand(name, self.location, self.options(), None)
    }

    /// The site of its scopes as activations of this function: the function's own, unless the budget has a name or
    /// ignores pauses.
    pub(super) fn site_of(&self, function: &'static Site) -> &'static Site {
        match self.name.or(self.ignores_pauses.then_some(function.name())) {
            None => function,
            Some(name) => Site::by_hand(name, function.location(), self.options(), Some(function)),
        }
    }

    fn options(&self) -> Options {
        Options {
            ignores_pauses: self.ignores_pauses,
            ..Options::NONE
        }
    }
}

/// The nanoseconds from now until then.
#[doc(hidden)]
#[must_use]
pub fn until(moment: Instant) -> u64 {
    moment::of(moment).saturating_sub(clock::now())
}
