//! Trips that unwind: from a closure or a function without a place for an error, to a boundary on the same thread.

use core::cell::Cell;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::time::seen::Seen;
use crate::trip::log::Flight;
use crate::trip::tripped::Tripped;

/// The trip that unwinds as this panic.
pub(crate) fn flying(payload: &(dyn Any + Send)) -> Option<Tripped> {
    let flight = payload.downcast_ref::<Flight>()?;
    Some(flight.tripped.clone())
}

/// A panic that was caught goes on; a trip to a boundary that is there now.
pub(crate) fn resume(payload: Box<dyn Any + Send>) -> ! {
    if let Some(tripped) = flying(&*payload) {
        _ = unwind(tripped);
    }
    resume_unwind(payload)
}

thread_local! {
    /// The boundaries on this thread's stack: guarded functions with loops in closures, guarded futures,
    /// [`Budget::run`](crate::Budget::run)s and cleanups.
    static BOUNDARIES: Cell<u32> = const { Cell::new(0) };
}

/// Leaves a function that has no place for an error: in silence to the nearest boundary, or with a panic whose
/// message is the report where there is none.
///
/// Comes back only while the thread unwinds already: a second panic would abort the process, and a destructor
/// that runs because of a trip is not to be cut short by it.
#[doc(hidden)]
#[cold]
#[track_caller]
#[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
#[allow(clippy::needless_pass_by_value, reason = "the trip ends here")]
pub fn panic(tripped: Tripped) {
    if !std::thread::panicking() {
        fall(tripped);
    }
}

/// As [`panic`], of a thread that does not unwind yet.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn fall(tripped: Tripped) -> ! {
    if cfg!(panic = "unwind") && BOUNDARIES.get() != 0 {
        fly(tripped);
    }
    panic!("{tripped:#}");
}

/// Unwinds to a boundary, without the panic hook's noise.
fn fly(tripped: Tripped) -> ! {
    resume_unwind(Box::new(Flight::new(tripped)));
}

/// Leaves a closure, as [`panic`]. Where panics abort, it comes back too, for the loop to go on: then the
/// function's own next check leaves.
#[doc(hidden)]
#[cold]
#[track_caller]
#[must_use]
pub fn unwind(tripped: Tripped) -> Seen {
    if cfg!(panic = "unwind") {
        panic(tripped);
    }
    Seen::STALE
}

/// Calls `body`; a trip that unwinds to here becomes the error, any other panic goes on as it is.
#[doc(hidden)]
#[inline(always)]
#[allow(clippy::missing_errors_doc, reason = "described above")]
pub fn boundary<R>(body: impl FnOnce() -> R) -> Result<R, Tripped> {
    let around = BOUNDARIES.get();
    BOUNDARIES.set(around + 1);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    BOUNDARIES.set(around);
    outcome.or_else(land)
}

/// The boundaries that were there, as [`hide`] found them; dropping it restores them.
pub(crate) struct Boundaries(u32);

/// Until the result is dropped, no trip unwinds to the boundaries that are there now.
pub(crate) fn hide() -> Boundaries {
    Boundaries(BOUNDARIES.replace(0))
}

impl Drop for Boundaries {
    fn drop(&mut self) {
        BOUNDARIES.set(self.0);
    }
}

/// Only to satisfy a type: a boundary that caught a trip is not reached while a thread unwinds.
#[doc(hidden)]
#[cold]
#[must_use]
#[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
pub fn abandon<R>() -> R {
    unreachable!("a trip was caught while the thread unwinds")
}

#[cold]
#[inline(never)]
fn land<R>(payload: Box<dyn Any + Send>) -> Result<R, Tripped> {
    match payload.downcast::<Flight>() {
        Ok(flight) => Err(flight.tripped.clone()),
        Err(payload) => resume_unwind(payload),
    }
}
