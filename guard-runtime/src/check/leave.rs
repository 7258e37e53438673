//! The ways out of a function that tripped.

use core::cell::Cell;
use core::marker::PhantomData;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::base::site::At;
use crate::check::enter::{Entry, enter, enter_or_panic};
use crate::check::scope::{Scope, Seen, tick};
use crate::trip::hook::{self, Event};
use crate::trip::record;
use crate::trip::tripped::Tripped;

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
    #[must_use]
    #[allow(clippy::missing_errors_doc, reason = "it is nothing but the error")]
    pub fn leave(&self, tripped: Tripped) -> Option<Result<T, E>>
    where
        E: FromTripped,
    {
        Some(Err(E::from_tripped(tripped)))
    }

    /// The cold path of a check, and the way out if it trips.
    #[inline(always)]
    #[allow(clippy::missing_errors_doc, reason = "it is what to return")]
    pub fn look(&self, at: &At) -> Result<Seen, Result<T, E>>
    where
        E: FromTripped,
    {
        tick(at).map_err(|tripped| Err(error(tripped)))
    }

    /// Opens a scope, and the way out if a budget is spent already.
    #[inline(always)]
    #[allow(clippy::missing_errors_doc, reason = "it is what to return")]
    pub fn enter<const ALWAYS: bool>(
        &self,
        entry: Entry<ALWAYS>,
    ) -> Result<(Scope, Seen), Result<T, E>>
    where
        E: FromTripped,
    {
        enter(entry).map_err(|tripped| Err(error(tripped)))
    }
}

#[cold]
fn error<E: FromTripped>(tripped: Tripped) -> E {
    E::from_tripped(tripped)
}

impl<R> core::ops::Deref for Probe<R> {
    type Target = Otherwise<R>;

    fn deref(&self) -> &Otherwise<R> {
        &self.0
    }
}

impl<R> Otherwise<R> {
    /// As a panic with the report; `None` if the thread unwinds already.
    #[cold]
    #[track_caller]
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
    #[allow(
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn leave(&self, tripped: Tripped) -> Option<R> {
        panic(tripped);
        None
    }

    /// The cold path of a check; does not come back if it trips, as [`panic`].
    #[inline(always)]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it never is")]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn look(&self, at: &At) -> Result<Seen, R> {
        Ok(look(at))
    }

    /// Opens a scope; does not come back if a budget is spent already, as [`panic`].
    #[inline(always)]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it never is")]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn enter<const ALWAYS: bool>(&self, entry: Entry<ALWAYS>) -> Result<(Scope, Seen), R> {
        Ok(enter_or_panic(entry))
    }
}

/// The cold path of a check in a function without a place for an error: one call, so that there is
/// little of it in every loop.
#[doc(hidden)]
#[cold]
#[inline(never)]
#[track_caller]
#[must_use]
pub fn look(at: &At) -> Seen {
    match tick(at) {
        Ok(seen) => seen,
        Err(tripped) => {
            panic(tripped);
            Seen::STALE
        }
    }
}

/// `From<Tripped>`, under a name of its own for the sake of the message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a tripped loop cannot leave this function: `{Self}` does not implement `From<Tripped>`",
    label = "`{Self}` cannot hold the trip of a loop guard",
    note = "write `impl From<guard_runtime::Tripped> for {Self}` (a generic error needs the bound `{Self}: From<guard_runtime::Tripped>`), or say `fallback = ...` or `on_trip = \"panic\"` in the attribute"
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

/// The return type of a function that says `on_trip = "error"`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`on_trip = \"error\"` needs a function that returns a `Result`, and this one returns `{Self}`",
    label = "not a `Result`",
    note = "return a `Result`, or say `fallback = ...` or `on_trip = \"panic\"` in the attribute"
)]
pub trait ErrorReturn {
    /// As the error.
    fn error_return(tripped: Tripped) -> Self;
}

impl<T, E: FromTripped> ErrorReturn for Result<T, E> {
    #[cold]
    fn error_return(tripped: Tripped) -> Self {
        Err(E::from_tripped(tripped))
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

/// Reports that a loop was broken.
#[doc(hidden)]
#[cold]
#[inline(never)]
pub fn broken(tripped: Tripped) {
    hook::report(&Event::BrokenOff { tripped });
}

/// The trip that unwinds as this panic.
pub(crate) fn flying(payload: &(dyn Any + Send)) -> Option<Tripped> {
    let unwinding = payload.downcast_ref::<Unwinding>()?;
    Some(unwinding.0.clone())
}

/// A panic that was caught goes on; a trip to a boundary that is there now.
pub(crate) fn resume(payload: Box<dyn Any + Send>) -> ! {
    if let Some(tripped) = flying(&*payload) {
        _ = unwind(tripped);
    }
    resume_unwind(payload)
}

thread_local! {
    /// Boundaries on this thread's stack that a trip in a closure can unwind to; those of them that
    /// any trip can unwind to (a [`Budget::run`](crate::Budget::run), a cleanup) also count as [`RUN`].
    static BOUNDARIES: Cell<u64> = const { Cell::new(0) };
}

const BOUNDARY: u64 = 1;
const RUN: u64 = 1 << 32;

/// A trip on its way to a boundary.
struct Unwinding(Tripped);

/// Leaves a function that has no place for an error: with a panic whose message is the report, or,
/// inside a `Budget::run`, by unwinding to it in silence.
///
/// Comes back only while the thread unwinds already: a second panic would abort the process, and a
/// destructor that runs because of a trip is not to be cut short by it.
#[doc(hidden)]
#[cold]
#[track_caller]
#[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
#[allow(clippy::needless_pass_by_value, reason = "the trip ends here")]
pub fn panic(tripped: Tripped) {
    if std::thread::panicking() {
        return;
    }
    if cfg!(panic = "unwind") && BOUNDARIES.get() >= RUN {
        fly(tripped);
    }
    panic!("{tripped}");
}

/// Unwinds to a boundary, without the panic hook's noise.
fn fly(tripped: Tripped) -> ! {
    record::set_flying(Some(tripped.clone()));
    resume_unwind(Box::new(Unwinding(tripped)));
}

/// Leaves a closure: in silence to the nearest boundary, or with a panic where there is none.
///
/// Comes back, for the loop to go on, while the thread unwinds already and where panics abort: then
/// the function's own next check leaves.
#[doc(hidden)]
#[cold]
#[track_caller]
#[must_use]
#[allow(clippy::needless_pass_by_value, reason = "the trip ends here")]
pub fn unwind(tripped: Tripped) -> Seen {
    if cfg!(panic = "unwind") && !std::thread::panicking() {
        if BOUNDARIES.get() != 0 {
            fly(tripped);
        }
        panic!("{tripped}");
    }
    Seen::STALE
}

/// Calls the body of a function; a trip that unwinds to here becomes the error, any other panic goes
/// on as it is.
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "described above")]
pub fn boundary<R>(body: impl FnOnce() -> R) -> Result<R, Tripped> {
    catch(BOUNDARY, body)
}

/// The boundary of a [`Budget::run`](crate::Budget::run), and of a cleanup.
#[inline(always)]
pub(crate) fn run<R>(body: impl FnOnce() -> R) -> Result<R, Tripped> {
    catch(BOUNDARY + RUN, body)
}

/// Only to satisfy a type: a boundary that caught a trip is not reached while a thread unwinds.
#[doc(hidden)]
#[cold]
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
pub fn abandon<R>() -> R {
    unreachable!("a trip was caught while the thread unwinds")
}

#[inline(always)]
fn catch<R>(kind: u64, body: impl FnOnce() -> R) -> Result<R, Tripped> {
    BOUNDARIES.set(BOUNDARIES.get() + kind);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    // Not what was there before: a wall in which the body runs counts itself once it stands.
    BOUNDARIES.set(BOUNDARIES.get() - kind);
    outcome.or_else(land)
}

/// As [`run`], where a wall is planned: that [counts](raise) the boundary once it stands, and before
/// that nothing trips.
#[inline(always)]
pub(crate) fn run_planned<R>(body: impl FnOnce() -> R) -> Result<R, Tripped> {
    catch_unwind(AssertUnwindSafe(body)).or_else(land)
}

/// See [`run_planned`].
pub(crate) fn raise() {
    BOUNDARIES.set(BOUNDARIES.get() + BOUNDARY + RUN);
}

/// Ends that.
pub(crate) fn lower() {
    BOUNDARIES.set(BOUNDARIES.get() - BOUNDARY - RUN);
}

#[cold]
#[inline(never)]
fn land<R>(payload: Box<dyn Any + Send>) -> Result<R, Tripped> {
    match payload.downcast::<Unwinding>() {
        Ok(unwinding) => {
            record::set_flying(None);
            Err(unwinding.0)
        }
        Err(payload) => resume_unwind(payload),
    }
}
