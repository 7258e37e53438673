//! The circuit breaker.

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
use crate::policy::meter::{Counts, Meter};
#[cfg(feature = "metrics")]
use crate::policy::numbers;
use crate::policy::registry::Registered;
use crate::policy::settings::Settings;
use crate::policy::verdict::Own;
use crate::time::clock::nanos;
use crate::trip::boundary;
use crate::trip::policy_event::State;
use crate::trip::tripped::Tripped;

/// A circuit breaker: after too many failures it refuses calls for a while instead of making them.
///
/// Create one for each thing that is called, in a `static`, and share it among all threads. It starts **closed**
/// and counts how calls end, over a window of time. When enough of them fail, it **opens**: calls are refused at
/// once, with [`Cause::Refused`](crate::Cause::Refused). After some seconds it is **half-open**: one call at a time
/// is let through as a probe, and the rest are refused. A few successful probes close it; a failed one opens it
/// again, for twice as long, up to a minute.
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
/// A call that trips by a budget of its own, panics, or returns after its budget was spent. A returned error counts
/// only if [`errors`](Self::errors) says so. A call that is cut short by a budget further out counts as a failure
/// if it has run for at least half of its own time. So does a future that is dropped; without a time budget of its
/// own it always counts. Calls that are cancelled, or refused by another policy, do not count. Nor does a call that
/// ends after the breaker has changed its state.
///
/// # Cost
///
/// While the breaker is closed, calls take no lock and allocate nothing, except once at the first call, when it
/// joins those that a [`snapshot`](crate::snapshot()) lists. With a window of a second or more, calls take the time
/// from the word that the ticker publishes. They read the clock if no scope is open anywhere, and once if the
/// budget around is shorter than a second.
pub struct Breaker<J = Trips> {
    settings: Settings,
    counts: Registered<Counts>,
    judge: J,
}

impl Breaker {
    /// A closed breaker. It opens once half of the calls of the last 10 s have failed if there were at least 20,
    /// and otherwise after 5 failures in a row; at first for 5 s. 3 successful probes close it.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            settings: Settings::DEFAULT,
            counts: Registered::new(),
            judge: Trips(()),
        }
    }

    /// Makes errors count as failures for which `counts` returns true. The breaker then judges calls that return
    /// this type of error, and its type says so.
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
            counts: mem::replace(&mut self.counts, Registered::new()),
            judge: Errors(counts),
        };
        // It is empty now. Dropping it is not allowed in a constant.
        mem::forget(self);
        breaker
    }
}

impl<J: Copy> Breaker<J> {
    /// The name that [`Tripped::scope`] reports for a refused call; without it, `breaker`.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.settings.name = name;
        self
    }

    /// The share of failures that opens the breaker; 0.5 by default.
    ///
    /// # Panics
    ///
    /// If it is not more than 0 and at most 1; in a `static`, at compile time.
    #[must_use]
    pub const fn rate(mut self, rate: f64) -> Self {
        assert!(
            rate > 0.0 && rate <= 1.0,
            "a share of failures lies between 0 and 1"
        );
        self.settings.rate = rate;
        self
    }

    /// How many calls the window must hold before their share of failures counts; 20 by default. With fewer, 5
    /// failures in a row open the breaker.
    #[must_use]
    pub const fn min_calls(mut self, calls: u32) -> Self {
        self.settings.min_calls = calls as u64;
        self
    }

    /// Over how long calls are counted; 10 s by default. The window moves in steps of a tenth.
    ///
    /// # Panics
    ///
    /// If it is shorter than a millisecond.
    #[must_use]
    pub const fn window(mut self, window: Duration) -> Self {
        self.settings = self.settings.with_window(window);
        self
    }

    /// How long the breaker stays open the first time; 5 s by default. Doubles each time a probe fails, up to 60 s.
    /// Each time is shortened by up to a tenth, at random, so that many processes do not come back at once, and has
    /// a precision of a millisecond.
    ///
    /// A probe that has not ended after this long, or after its own budget if that is shorter, no longer blocks the
    /// next one.
    #[must_use]
    pub const fn open_for(mut self, time: Duration) -> Self {
        self.settings.open_for = nanos(time);
        self
    }

    /// How many probes must succeed to close the breaker; 3 by default.
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
    /// Calls `f` unless the breaker is open, and counts how the call ends.
    ///
    /// It is also a check, and a boundary for trips like [`Budget::run`](crate::Budget::run): if a budget around is
    /// spent already, `f` is not called.
    ///
    /// # Errors
    ///
    /// [`Cause::Refused`](crate::Cause::Refused) if the breaker did not let the call through; the trip of a budget
    /// around; the trip of a check in `f` whose function had no place for an error.
    #[inline]
    #[track_caller]
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> Result<R, Tripped>
    where
        J: Judge<R>,
    {
        self.call(Own::Inside, Caller::caller(), || boundary::boundary(f))
    }

    /// A future that polls `future` unless the breaker is open at the first poll, and counts how it ends. Being
    /// dropped before it is ready is an end, too.
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
    /// As for [`run`](Self::run).
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
            let poll =
                |context: &mut Context<'_>| boundary::polled(|| future.as_mut().poll(context));
            self.calls(Own::Inside, caller, poll).await
        }
    }

    /// Makes a call in which trips have already been caught.
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

    /// The same for a future; `poll` polls it once.
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

    /// What it would do with a call now. Once its open time is over it is half-open, even if nobody has called yet.
    #[must_use]
    pub fn state(&self) -> State {
        self.counts.get().map_or(State::Closed, Counts::state)
    }

    /// Closes it and forgets what it has counted. Calls in progress no longer count.
    pub fn reset(&self) {
        self.meter().force(State::Closed);
    }

    /// Opens it until [`reset`](Self::reset): for maintenance, or because an operator knows better.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::policy::{Breaker, State};
    ///
    /// static LEDGER: Breaker = Breaker::new()
    ///     .rate(0.25)
    ///     .min_calls(100)
    ///     .window(Duration::from_secs(30))
    ///     .open_for(Duration::from_secs(2))
    ///     .successes(5);
    ///
    /// LEDGER.force_open();
    /// assert_eq!(LEDGER.state(), State::Open);
    /// assert!(LEDGER.run(|| "asked").is_err());
    /// LEDGER.reset();
    /// assert_eq!(LEDGER.run(|| "asked").unwrap(), "asked");
    /// ```
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
