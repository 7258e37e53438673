//! Policies around the body of a guarded function, as expansions name them.
//!
//! ```text
//! let mut attempts = Attempts::new(&retry, &TOKENS);
//! let mut body = repeatable(|| -> R { body });
//! let outcome = loop {
//!     attempts.begin();
//!     let outcome = attempt(name, nanos, || breaker(&b, || bulkhead(&h, || boundary(&mut body))));
//!     if !failed(&outcome) || !attempts.again() { break outcome; }
//! };
//! match outcome { Ok(value) => return value, Err(tripped) => leave }
//! ```
//!
//! Each layer takes the next one as a function, and passes on a trip or a refusal as `Err`. The scope of the
//! function is open around all of them, so it is the call's own scope; if attempts have scopes, those are.

#![allow(clippy::missing_errors_doc, reason = "for expansions only")]

use core::future::{Future, poll_fn};
use core::marker::PhantomData;
use core::ops::Deref;
use core::panic::Location as Caller;
use core::pin::pin;
use core::task::Context;

use crate::base::location::{At, Location};
use crate::base::site::Site;
use crate::check::enter::enter;
use crate::check::tick::tick;
use crate::future::polled::{Task, begin};
use crate::policy::around;
use crate::policy::breaker::Breaker;
use crate::policy::bulkhead::{Bulkhead, Claim};
use crate::policy::judge::Judge;
use crate::policy::verdict::Own;
use crate::time::clock;
use crate::trip::boundary;
use crate::trip::tripped::Tripped;

/// Tells by the real return type, like [`Probe`](crate::__private::Probe), whether a call has failed: with an
/// `Err`, or by a trip.
#[derive(Debug)]
pub struct Outcome<R>(Any<R>);

/// A return type without a place for an error.
#[derive(Debug)]
pub struct Any<R>(PhantomData<fn() -> R>);

impl<R> Outcome<R> {
    /// An instance to call the methods on.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(Any(PhantomData))
    }
}

impl<T, E> Outcome<Result<T, E>> {
    /// Whether the call has failed.
    #[must_use]
    pub fn is_failure(&self, outcome: &Result<Result<T, E>, Tripped>) -> bool {
        !matches!(outcome, Ok(Ok(_)))
    }
}

impl<R> Deref for Outcome<R> {
    type Target = Any<R>;

    fn deref(&self) -> &Any<R> {
        &self.0
    }
}

impl<R> Any<R> {
    /// Whether the call has failed.
    #[must_use]
    #[allow(
        clippy::unused_self,
        reason = "the shape of the inherent method of `Outcome`"
    )]
    pub fn is_failure(&self, outcome: &Result<R, Tripped>) -> bool {
        outcome.is_err()
    }
}

/// Asserts that panics unwind: trips leave a body with policies and a fallback by unwinding, since the fallback is
/// outside.
#[allow(clippy::missing_panics_doc, reason = "at compile time")]
#[allow(
    clippy::assertions_on_constants,
    reason = "a const function, for the place of the call"
)]
pub const fn needs_unwinding() {
    assert!(
        cfg!(panic = "unwind"),
        "a policy beside `fallback` needs `panic = \"unwind\"`: remove one of them, or handle the trip where the function is called"
    );
}

/// The time of a body, in nanoseconds, that leaves `reserve` for its fallback, from its own time and from what
/// remains around.
#[must_use]
pub fn without(nanos: u64, reserve: u64) -> u64 {
    let around = around::remaining().map_or(u64::MAX, clock::nanos);
    nanos.min(around).saturating_sub(reserve)
}

/// A body that can be called again.
#[inline(always)]
pub fn repeatable<R, F: FnMut() -> R>(body: F) -> F {
    body
}

/// The body of a future that can be called again.
#[inline(always)]
pub fn repeatable_async<R, F: AsyncFnMut() -> R>(body: F) -> F {
    body
}

/// The call in a breaker.
#[inline]
#[track_caller]
pub fn breaker<J: Judge<R>, R>(
    breaker: &Breaker<J>,
    call: impl FnOnce() -> Result<R, Tripped>,
) -> Result<R, Tripped> {
    breaker.call(Own::Around, Caller::caller(), call)
}

/// The call in a bulkhead.
#[track_caller]
pub fn bulkhead<R>(
    bulkhead: &Bulkhead,
    call: impl FnOnce() -> Result<R, Tripped>,
) -> Result<R, Tripped> {
    bulkhead.call(Own::Around, Caller::caller(), call)
}

/// The call in a scope of its own, with this many nanoseconds.
#[track_caller]
pub fn attempt<R>(
    name: &'static str,
    nanos: u64,
    call: impl FnOnce() -> Result<R, Tripped>,
) -> Result<R, Tripped> {
    let site = Site::named(name, Location::of(Caller::caller()));
    let (_scope, _) = enter(site.once(nanos))?;
    call()
}

/// The future in a scope of its own, with this many nanoseconds.
#[track_caller]
pub fn attempt_async<R>(
    name: &'static str,
    nanos: u64,
    call: impl Future<Output = Result<R, Tripped>>,
) -> impl Future<Output = Result<R, Tripped>> {
    let caller = Caller::caller();
    let (site, at) = (
        Site::named(name, Location::of(caller)),
        At::of("attempt", Location::of(caller)),
    );
    async move {
        let mut task = Task::new();
        let mut body = pin!(async move {
            if begin(site, nanos).is_stale() {
                tick(&at)?;
            }
            call.await
        });
        poll_fn(|context| task.poll(body.as_mut(), context, &at)).await?
    }
}

/// The future in a breaker.
#[track_caller]
pub fn breaker_async<J: Judge<R>, R>(
    breaker: &Breaker<J>,
    call: impl Future<Output = Result<R, Tripped>>,
) -> impl Future<Output = Result<R, Tripped>> {
    let caller = Caller::caller();
    async move {
        let mut call = pin!(call);
        let poll = |context: &mut Context<'_>| call.as_mut().poll(context);
        breaker.calls(Own::Around, caller, poll).await
    }
}

/// The future in a bulkhead.
#[track_caller]
pub fn bulkhead_async<R>(
    bulkhead: &Bulkhead,
    call: impl Future<Output = Result<R, Tripped>>,
) -> impl Future<Output = Result<R, Tripped>> {
    let caller = Caller::caller();
    async move {
        let mut claim = Claim::new(bulkhead, Own::Around, caller);
        let mut call = pin!(call);
        claim.calls(|context| call.as_mut().poll(context)).await
    }
}

/// The future, with trips that unwind out of it as errors.
pub async fn caught<F: Future>(call: F) -> Result<F::Output, Tripped> {
    let mut call = pin!(call);
    poll_fn(|context| boundary::polled(|| call.as_mut().poll(context))).await
}
