//! Retries: calls again what has failed, while there is time.

use core::panic::Location as Caller;
use core::time::Duration;

use crate::base::location::Location;
use crate::policy::around;
use crate::policy::chance;
#[cfg(feature = "metrics")]
use crate::policy::numbers;
use crate::policy::pause;
#[cfg(feature = "metrics")]
use crate::policy::tally;
use crate::policy::tokens::{self, Tokens};
use crate::policy::verdict;
use crate::time::clock::nanos;
use crate::trip::hook;
use crate::trip::policy_event::PolicyEvent;
use crate::trip::tripped::Cause;

/// The delays grow from at least this.
const MILLI: u64 = 1_000_000;

/// Repeats a call that has returned an error, after a delay.
///
/// The delay before the first retry is random, between the two of [`delay`](Self::delay) and less than twice the
/// shorter one; its upper bound doubles with each further retry, up to the longer one.
///
/// The **last real error** is returned, at once, when the attempts are used up; when the delay and the shortest
/// attempt so far would take longer than what remains of the budgets around, so that no timeout replaces the error;
/// when a budget around is spent or cancelled; and when this place in the code has made too many retries: it may
/// make one for every five calls, and ten a second. A call that another policy refused is repeated no earlier than
/// that policy said.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::policy::Retry;
///
/// const RETRY: Retry = Retry::attempts(3).delay(Duration::from_millis(1), Duration::from_millis(5));
///
/// let mut answers = ["busy", "busy", "done"].into_iter();
/// let outcome = RETRY.run(|| match answers.next() {
///     Some("done") => Ok("done"),
///     _ => Err("busy"),
/// });
/// assert_eq!(outcome, Ok("done"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    attempts: u32,
    min: u64,
    max: u64,
}

impl Retry {
    /// This many attempts, including the first, with delays between 50 ms and 2 s.
    #[must_use]
    pub const fn attempts(count: u32) -> Self {
        Self {
            attempts: count,
            min: 50_000_000,
            max: 2_000_000_000,
        }
    }

    /// The shortest and the longest delay.
    ///
    /// # Panics
    ///
    /// If the shortest is longer than the longest; in a `const`, at compile time.
    #[must_use]
    pub const fn delay(mut self, min: Duration, max: Duration) -> Self {
        self.min = nanos(min);
        self.max = nanos(max);
        assert!(
            self.min <= self.max,
            "the shortest delay is no longer than the longest"
        );
        self
    }

    /// Calls `f` until it succeeds, or another attempt makes no sense; blocks the thread in between.
    ///
    /// # Errors
    ///
    /// The last one that `f` returned.
    #[track_caller]
    pub fn run<T, E>(&self, mut f: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        let mut attempts = Attempts::of(self, tokens::of(Caller::caller()), Caller::caller());
        loop {
            attempts.begin();
            let outcome = f();
            if outcome.is_ok() || !attempts.again() {
                return outcome;
            }
        }
    }

    /// Calls `f` until its future yields a success, or another attempt makes no sense.
    ///
    /// ```
    /// use std::pin::pin;
    /// use std::task::{Context, Poll, Waker};
    /// use guard_runtime::policy::Retry;
    ///
    /// let mut context = Context::from_waker(Waker::noop());
    /// let call = pin!(Retry::attempts(3).wrap(async || Ok::<_, String>(7)));
    /// assert_eq!(call.poll(&mut context), Poll::Ready(Ok(7)));
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    #[track_caller]
    pub fn wrap<T, E, F>(&self, mut f: F) -> impl Future<Output = Result<T, E>> + use<T, E, F>
    where
        F: AsyncFnMut() -> Result<T, E>,
    {
        let (retry, caller) = (*self, Caller::caller());
        async move {
            let mut attempts = Attempts::of(&retry, tokens::of(caller), caller);
            loop {
                attempts.begin();
                let outcome = f().await;
                if outcome.is_ok() || !attempts.again_async().await {
                    return outcome;
                }
            }
        }
    }

    /// The delay before the retry with this number, from 1.
    fn jittered(&self, number: u32) -> u64 {
        let factor = 1_u64.checked_shl(number).unwrap_or(u64::MAX);
        let bound = self
            .min
            .max(MILLI)
            .saturating_mul(factor)
            .clamp(self.min, self.max);
        self.min + chance::up_to(bound - self.min)
    }
}

/// The attempts of one call.
#[doc(hidden)]
#[derive(Debug)]
pub struct Attempts {
    retry: Retry,
    tokens: &'static Tokens,
    caller: &'static Caller<'static>,
    made: u32,
    /// When the last attempt began, and the number of the last trip by then.
    begun: u64,
    trips: u64,
    shortest: u64,
}

impl Attempts {
    /// The attempts of an expansion, which has tokens of its own.
    #[must_use]
    #[track_caller]
    pub fn new(retry: &Retry, tokens: &'static Tokens) -> Self {
        Self::of(retry, tokens, Caller::caller())
    }

    fn of(retry: &Retry, tokens: &'static Tokens, caller: &'static Caller<'static>) -> Self {
        tokens.bring(around::now());
        Self {
            retry: *retry,
            tokens,
            caller,
            made: 0,
            begun: 0,
            trips: 0,
            shortest: u64::MAX,
        }
    }

    /// Begins an attempt.
    pub fn begin(&mut self) {
        self.made = self.made.saturating_add(1);
        self.begun = around::now();
        self.trips = around::trips();
    }

    /// Called after an attempt that failed. If there should be another one, waits on this thread and returns true.
    pub fn again(&mut self) -> bool {
        let delay = self.delay();
        delay.is_some_and(|delay| pause::sleep(delay, "retry", self.caller).is_ok())
    }

    /// Like [`again`](Self::again), in a future.
    pub async fn again_async(&mut self) -> bool {
        match self.delay() {
            Some(delay) => pause::sleep_async(delay, "retry", self.caller)
                .await
                .is_ok(),
            None => false,
        }
    }

    /// Called after an attempt that failed: how long to wait before the next one, if there should be one.
    fn delay(&mut self) -> Option<Duration> {
        let now = around::now();
        self.shortest = self.shortest.min(now.saturating_sub(self.begun));
        let mut delay = self.retry.jittered(self.made);
        match around::tripped_since(self.trips, 0).last {
            Some(Cause::Refused { retry_after }) => delay = delay.max(nanos(retry_after)),
            Some(cause) if verdict::ends_the_work(cause) => return None,
            _ => {}
        }
        // What is spent around the call stays spent.
        if self.made >= self.retry.attempts || around::check("retry", self.caller).is_err() {
            return None;
        }
        let needed = delay.saturating_add(self.shortest);
        let remains = around::remaining().map_or(u64::MAX, nanos);
        if needed > remains || delay == u64::MAX || !self.tokens.take(now) {
            return None;
        }
        let delay = Duration::from_nanos(delay);
        #[cfg(feature = "metrics")]
        {
            tally::retried(Location::of(self.caller));
            numbers::begin();
        }
        hook::policy(PolicyEvent::Retrying {
            location: Location::of(self.caller),
            attempt: self.made + 1,
            delay,
        });
        Some(delay)
    }
}
