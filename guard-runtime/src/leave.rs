//! The ways out of a function that tripped.

use core::cell::Cell;
use core::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::tripped::Tripped;

/// Finds the way out by the real return type `R`, through any alias.
///
/// Method lookup tries `Probe<R>` before what it dereferences to: where `R` is a `Result`, the
/// inherent method below answers, else the one of [`Otherwise`]. No trait has to be in scope, and
/// the bound on the error is on the method, so that a missing `From` is an error and not a panic.
#[doc(hidden)]
pub struct Probe<R>(Otherwise<R>);

/// A return type that has no place for an error.
#[doc(hidden)]
pub struct Otherwise<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    /// To be asked for the way out of a function that returns `R`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(Otherwise(PhantomData))
    }
}

impl<T, E> Probe<Result<T, E>> {
    /// As the error.
    #[cold]
    #[allow(clippy::missing_errors_doc, reason = "it is nothing but the error")]
    pub fn leave(&self, tripped: Tripped) -> Result<T, E>
    where
        E: FromTripped,
    {
        Err(E::from_tripped(tripped))
    }
}

impl<R> core::ops::Deref for Probe<R> {
    type Target = Otherwise<R>;

    fn deref(&self) -> &Otherwise<R> {
        &self.0
    }
}

impl<R> Otherwise<R> {
    /// As a panic with the report.
    #[cold]
    #[track_caller]
    #[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
    #[allow(clippy::needless_pass_by_value, reason = "the same shape as the inherent method")]
    pub fn leave(&self, tripped: Tripped) -> R {
        panic(tripped)
    }
}

/// `From<Tripped>`, under a name of its own for the sake of the message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a tripped loop cannot leave this function: `{Self}` does not implement `From<Tripped>`",
    label = "`{Self}` cannot hold the trip of a loop guard",
    note = "write `impl From<guard_runtime::Tripped> for {Self}`, or say `fallback = ...` or `on_trip = \"panic\"` in the attribute"
)]
pub trait FromTripped {
    /// The error that says why.
    fn from_tripped(tripped: Tripped) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Tripped>> FromTripped for E {
    fn from_tripped(tripped: Tripped) -> Self {
        tripped.into()
    }
}

/// A `fallback`: a value, or a function of the trip.
#[doc(hidden)]
pub struct Fallback;

impl Fallback {
    /// Gives the closure's argument its type.
    #[inline(always)]
    pub fn with<R>(tripped: Tripped, fallback: impl FnOnce(Tripped) -> R) -> R {
        fallback(tripped)
    }
}

/// Says on stderr that a loop was broken.
#[doc(hidden)]
#[cold]
#[inline(never)]
#[allow(clippy::needless_pass_by_value, reason = "the trip ends here")]
pub fn broken(tripped: Tripped) {
    eprintln!("{tripped}; the loop was broken off, as `on_trip = \"break\"` says");
}

thread_local! {
    /// [`Budget::run`](crate::Budget::run)s on this thread that wait for a trip.
    static WAITING: Cell<u32> = const { Cell::new(0) };
}

/// A trip on its way to the [`Budget::run`](crate::Budget::run) that waits for it.
struct Unwinding(Tripped);

/// Leaves a function that has no place for an error: with a panic whose message is the report, or,
/// inside a `Budget::run`, by unwinding to it in silence.
#[doc(hidden)]
#[cold]
#[track_caller]
#[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
#[allow(clippy::needless_pass_by_value, reason = "the trip ends here")]
pub fn panic(tripped: Tripped) -> ! {
    if cfg!(panic = "unwind") && WAITING.get() != 0 {
        resume_unwind(Box::new(Unwinding(tripped)));
    }
    panic!("{tripped}")
}

/// Calls `f`; a trip that unwinds to here becomes an error, any other panic goes on.
pub(crate) fn await_trip<R>(f: impl FnOnce() -> R) -> Result<R, Tripped> {
    WAITING.set(WAITING.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(f));
    WAITING.set(WAITING.get() - 1);
    outcome.or_else(|payload| match payload.downcast::<Unwinding>() {
        Ok(unwinding) => Err(unwinding.0),
        Err(payload) => resume_unwind(payload),
    })
}
