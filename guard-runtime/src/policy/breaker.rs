//! Stops calling what keeps failing.

use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::panic::Location as Caller;
use core::pin::pin;
use core::task::{Context, Poll};
use core::time::Duration;

use crate::policy::around;
use crate::policy::call::Call;
use crate::policy::judge::{Errors, Judge, Trips};
use crate::policy::listed::Listed;
use crate::policy::meter::{Counts, Meter};
#[cfg(feature = "metrics")]
use crate::policy::numbers;
use crate::policy::settings::{Settings, nanos};
use crate::policy::verdict::Own;
use crate::trip::boundary;
use crate::trip::policy_event::State;
use crate::trip::tripped::Tripped;

/// A circuit breaker: after too many failures it refuses calls for a while instead of making them.
///
/// Made once for each thing that is called, in a `static`, and shared by all threads. It is **closed** at
/// first and counts how calls end, over a window of time. When enough of them fail it is **open**: calls are
/// refused at once, with [`Cause::Refused`](crate::Cause::Refused). After some seconds it is **half-open**: one
/// call at a time is let through as a probe, and the rest are refused. A few probes that succeed close it; one
/// that fails opens it again, for twice as long, up to a minute.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::policy::{Breaker, State};
/// use guard_runtime::{Budget, Cause, Tripped, checkpoint};
///
/// static LEDGER: Breaker = Breaker::new().open_for(Duration::from_secs(5)).named("ledger");
///
/// /// Hangs, until its budget is spent.
/// fn query() -> Result<u64, Tripped> {
///     Budget::timeout(Duration::from_millis(2)).run(|| loop {
///         checkpoint()?;
///     })?
/// }
///
/// for _ in 0..5 {
///     let outcome = LEDGER.run(query).unwrap();
///     assert!(matches!(outcome.unwrap_err().cause(), Cause::Timeout { .. }));
/// }
/// assert_eq!(LEDGER.state(), State::Open);
/// let refused = LEDGER.run(query).unwrap_err();
/// assert!(matches!(refused.cause(), Cause::Refused { .. }));
/// ```
///
/// # What counts as a failure
///
/// A call that trips by a budget of its own, panics, or returns after its budget was spent. An error that
/// is returned counts only if [`errors`](Self::errors) says so. A call that is cut by a budget further out
/// counts as a failure if it has run for at least half of its own time, and a future that is dropped does too,
/// or has no time budget. Calls that are cancelled, or refused by another policy, say nothing. Nor does a
/// call that ends after the breaker has changed its state.
///
/// # Cost
///
/// No lock while it is closed, and no allocation but one at its first call, when it joins those that a
/// [`snapshot`](crate::snapshot()) lists. With a window of a second or more, calls take the time from the
/// word that the ticker publishes. They read the clock where no scope is open anywhere, and once where the budget
/// around is shorter than a second.
pub struct Breaker<J = Trips> {
    settings: Settings,
    counts: Listed<Counts>,
    judge: J,
}

impl Breaker {
    /// A closed breaker. It opens once half of the calls of the last 10 s have failed, if there were at least
    /// 20, and otherwise after 5 failures in a row; for 5 s at first. 3 probes that succeed close it.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            settings: Settings::DEFAULT,
            counts: Listed::new(),
            judge: Trips(()),
        }
    }

    /// Counts the errors of which `counts` is true as failures. The breaker then judges calls that return this
    /// type of error, and its type says so.
    ///
    /// ```
    /// use std::io;
    /// use guard_runtime::policy::{Breaker, Errors, State};
    ///
    /// static DISK: Breaker<Errors<io::Error>> =
    ///     Breaker::new().errors(|error| error.kind() != io::ErrorKind::NotFound);
    ///
    /// for _ in 0..5 {
    ///     _ = DISK.run(|| Err::<(), _>(io::Error::from(io::ErrorKind::NotFound)));
    /// }
    /// assert_eq!(DISK.state(), State::Closed);
    /// for _ in 0..5 {
    ///     _ = DISK.run(|| Err::<(), _>(io::Error::from(io::ErrorKind::BrokenPipe)));
    /// }
    /// assert_eq!(DISK.state(), State::Open);
    /// ```
    #[must_use]
    pub const fn errors<E>(mut self, counts: fn(&E) -> bool) -> Breaker<Errors<E>> {
        let breaker = Breaker {
            settings: self.settings,
            counts: mem::replace(&mut self.counts, Listed::new()),
            judge: Errors(counts),
        };
        // It holds nothing any more, and a constant can drop nothing.
        mem::forget(self);
        breaker
    }
}

impl<J: Copy> Breaker<J> {
    /// The name that [`Tripped::scope`] tells of a refused call; `breaker` without it.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.settings.name = name;
        self
    }

    /// The share of failures that opens it; 0.5 without it.
    ///
    /// # Panics
    ///
    /// If it is not more than 0 and at most 1: in a `static`, when that is compiled.
    #[must_use]
    pub const fn rate(mut self, rate: f64) -> Self {
        assert!(
            rate > 0.0 && rate <= 1.0,
            "a share of failures lies between 0 and 1"
        );
        self.settings.rate = rate;
        self
    }

    /// How many calls the window must hold before their share of failures counts; 20 without it. With fewer,
    /// 5 failures in a row open the breaker.
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.settings.min_calls = calls as u64;
        self
    }

    /// Over how long a time calls are counted; 10 s without it. Counted in tenths, so that the oldest one
    /// of these drops out at once.
    ///
    /// # Panics
    ///
    /// If it is shorter than a millisecond.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.settings = self.settings.with_window(window);
        self
    }

    /// For how long it is open when it opens first; 5 s without it. Doubles each time that a probe fails, up to
    /// 60 s. Each time is shortened by up to a tenth, at random, so that many processes do not come back at
    /// once, and is kept to a millisecond.
    ///
    /// A probe that has not ended after this long, or after its own budget if that is shorter, no longer
    /// keeps the next one out.
    #[must_use]
    pub const fn open_for(mut self, time: Duration) -> Self {
        self.settings.open_for = nanos(time);
        self
    }

    /// How many probes must succeed to close it; 3 without it.
    #[must_use]
    pub const fn successes(mut self, probes: u32) -> Self {
        self.settings.successes = probes;
        self
    }
}

impl<J> fmt::Debug for Breaker<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("name", &self.settings.name)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new()
    }
}

impl<J> Breaker<J> {
    /// Calls `f`, unless the breaker is open, and takes note of how that ends.
    ///
    /// It is also a check, and a boundary for trips, as [`Budget::run`](crate::Budget::run) is: where a budget
    /// around is spent already, `f` is not called.
    ///
    /// # Errors
    ///
    /// [`Cause::Refused`](crate::Cause::Refused) if the breaker did not let the call through; the trip of a budget around; the
    /// trip of a check in `f` whose function had no place for an error.
    #[inline]
    #[track_caller]
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> Result<R, Tripped>
    where
        J: Judge<R>,
    {
        self.call(Own::Inside, Caller::caller(), || boundary::boundary(f))
    }

    /// A future that polls this one, unless the breaker is open at its first poll, and takes note of how that
    /// ends. Being dropped before it is ready is a way to end, too.
    ///
    /// ```
    /// use std::pin::pin;
    /// use std::task::{Context, Poll, Waker};
    /// use guard_runtime::policy::Breaker;
    ///
    /// static LEDGER: Breaker = Breaker::new();
    ///
    /// let mut context = Context::from_waker(Waker::noop());
    /// let call = pin!(LEDGER.wrap(async { 7 }));
    /// assert!(matches!(call.poll(&mut context), Poll::Ready(Ok(7))));
    /// ```
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    #[track_caller]
    pub fn wrap<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Tripped>> + use<'_, F, J>
    where
        J: Judge<F::Output>,
    {
        let caller = Caller::caller();
        async move {
            let mut future = pin!(future);
            let poll = |context: &mut Context<'_>| match boundary::boundary(|| {
                future.as_mut().poll(context)
            }) {
                Ok(poll) => poll.map(Ok),
                Err(tripped) => Poll::Ready(Err(tripped)),
            };
            self.calls(Own::Inside, caller, poll).await
        }
    }

    /// Makes a call in which trips have been caught.
    #[inline]
    pub(super) fn call<R>(
        &self,
        own: Own,
        caller: &'static Caller<'static>,
        f: impl FnOnce() -> Result<R, Tripped>,
    ) -> Result<R, Tripped>
    where
        J: Judge<R>,
    {
        let mut call = self.begin(own, caller)?;
        let outcome = f();
        call.ended(self.error(outcome.as_ref().ok()));
        outcome
    }

    /// The same for a future, of which `poll` is one poll.
    pub(super) async fn calls<R>(
        &self,
        own: Own,
        caller: &'static Caller<'static>,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<Result<R, Tripped>>,
    ) -> Result<R, Tripped>
    where
        J: Judge<R>,
    {
        let mut begun = None;
        poll_fn(|context| {
            let call = match &mut begun {
                Some(call) => {
                    Call::resume(call);
                    call
                }
                none => none.insert(self.begin(own, caller)?),
            };
            let outcome = poll(context);
            match &outcome {
                Poll::Ready(outcome) => call.ended(self.error(outcome.as_ref().ok())),
                Poll::Pending => call.suspend(),
            }
            outcome
        })
        .await
    }

    /// What it would do with a call now. One whose time is over is half-open, although nobody has called yet.
    #[must_use]
    pub fn state(&self) -> State {
        self.counts.get().map_or(State::Closed, Counts::state)
    }

    /// Closes it and forgets what it has counted. Calls that are under way no longer count.
    pub fn reset(&self) {
        self.meter().force(State::Closed);
    }

    /// Opens it until [`reset`](Self::reset): for maintenance, or when an operator knows better.
    pub fn force_open(&self) {
        self.meter().force(State::Open);
    }

    /// Whether what a call returned is a failure; `None` if it returned nothing.
    #[inline]
    fn error<R>(&self, returned: Option<&R>) -> Option<bool>
    where
        J: Judge<R>,
    {
        returned.map(|returned| self.judge.is_failure(returned))
    }

    #[inline]
    fn begin(&self, own: Own, caller: &'static Caller<'static>) -> Result<Call<'_>, Tripped> {
        around::check("breaker", caller)?;
        let meter = self.meter();
        Ok(Call::new(meter, meter.admit(own, caller)?, own))
    }

    #[inline]
    fn meter(&self) -> Meter<'_> {
        let settings = &self.settings;
        let counts = self.counts.get_or(|| {
            #[cfg(feature = "metrics")]
            numbers::begin();
            Counts::new(settings)
        });
        Meter { settings, counts }
    }
}
