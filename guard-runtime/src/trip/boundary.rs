//! Trips that unwind: from a closure or a function without a place for an error, to a boundary on the same thread.

use core::cell::Cell;
use core::task::Poll;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::time::seen::Seen;
use crate::trip::log::Flight;
use crate::trip::tripped::Tripped;

/// The trip that unwinds in this panic, if the panic is one.
pub(crate) fn flying(payload: &(dyn Any + Send)) -> Option<Tripped> {
    let flight = payload.downcast_ref::<Flight>()?;
    Some(flight.tripped.clone())
}

/// Resumes a panic that was caught. A trip goes on to a boundary that exists now.
pub(crate) fn resume(payload: Box<dyn Any + Send>) -> ! {
    if let Some(tripped) = flying(&*payload) {
        _ = unwind(tripped);
    }
    resume_unwind(payload)
}

thread_local! {
    /// The number of boundaries on this thread's stack: guarded functions with loops in closures, guarded futures,
    /// [`Budget::run`](crate::Budget::run)s and cleanups.
    static BOUNDARIES: Cell<u32> = const { Cell::new(0) };
}

/// Leaves a function that has no place for an error: silently to the nearest boundary or, if there is none, with a
/// panic whose message is the report.
///
/// Returns only if the thread is unwinding already: a second panic would abort the process, and a destructor that
/// runs because of a trip must not be cut short by it.
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

/// Like [`panic`], for a thread that is not unwinding yet.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn fall(tripped: Tripped) -> ! {
    if cfg!(panic = "unwind") && BOUNDARIES.get() != 0 {
        fly(tripped);
    }
    panic!("{tripped:#}");
}

/// Unwinds to a boundary without calling the panic hook.
fn fly(tripped: Tripped) -> ! {
    resume_unwind(Box::new(Flight::new(tripped)));
}

/// Leaves a closure, like [`panic`]. Under `panic = "abort"` it returns as well, and the loop goes on until the
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

/// Calls `body`. A trip that unwinds to here becomes the error; any other panic passes through.
#[doc(hidden)]
#[inline(always)]
#[allow(clippy::missing_errors_doc, reason = "described above")]
pub fn boundary<R>(body: impl FnOnce() -> R) -> Result<R, Tripped> {
    begin();
    let outcome = catch_unwind(AssertUnwindSafe(body));
    end();
    match outcome {
        Ok(value) => Ok(value),
        Err(payload) => land(payload),
    }
}

// Inlined only in optimised builds: in others, what they do takes slots on the stack of a recursion at each level.
// `extern "C"`, for the reason given at `tick`.
#[cfg_attr(not(debug_assertions), inline(always))]
extern "C" fn begin() {
    BOUNDARIES.set(BOUNDARIES.get() + 1);
}

// Counted down, and not set to what it was, which would take a register over the call.
#[cfg_attr(not(debug_assertions), inline(always))]
extern "C" fn end() {
    BOUNDARIES.set(BOUNDARIES.get() - 1);
}

/// Like [`boundary`], for one poll of a future.
#[inline]
pub(crate) fn polled<R>(poll: impl FnOnce() -> Poll<R>) -> Poll<Result<R, Tripped>> {
    match boundary(poll) {
        Ok(poll) => poll.map(Ok),
        Err(tripped) => Poll::Ready(Err(tripped)),
    }
}

/// The boundaries that [`hide`] found; dropping it restores them.
pub(crate) struct Boundaries(u32);

/// Hides the boundaries that exist now: no trip unwinds to them until the result is dropped.
pub(crate) fn hide() -> Boundaries {
    Boundaries(BOUNDARIES.replace(0))
}

impl Drop for Boundaries {
    fn drop(&mut self) {
        BOUNDARIES.set(self.0);
    }
}

/// Only satisfies a type: a boundary that caught a trip is not reached while a thread is unwinding.
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
