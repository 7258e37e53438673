//! Trips that unwind: from a closure or a function without a place for an error, to a boundary on the same thread.

use core::cell::Cell;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::time::seen::Seen;
use crate::trip::log;
use crate::trip::tripped::Tripped;

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
    log::set_flying(Some(tripped.clone()));
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
    let around = BOUNDARIES.get();
    BOUNDARIES.set(around + kind);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    BOUNDARIES.set(around);
    outcome.or_else(land)
}

#[cold]
#[inline(never)]
fn land<R>(payload: Box<dyn Any + Send>) -> Result<R, Tripped> {
    match payload.downcast::<Unwinding>() {
        Ok(unwinding) => {
            log::set_flying(None);
            Err(unwinding.0)
        }
        Err(payload) => resume_unwind(payload),
    }
}
