//! Alarms that are timers of a tokio runtime, and that runtime's clock.
//!
//! Tests may stop a runtime's clock and move it by hand; then deadlines of futures that it polls follow
//! it. While it runs it is the clock of everybody else.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;

use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::clock;

/// A timer of the runtime in which the future waited first.
pub(crate) struct Timer(Pin<Box<Sleep>>);

impl Timer {
    /// Sets the timer in `slot`; false outside of a runtime.
    ///
    /// # Panics
    ///
    /// As `tokio::time::sleep`, in a runtime without timers.
    pub(crate) fn set(slot: &mut Option<Self>, due: u64, context: &mut Context<'_>) -> bool {
        let Some(at) = clock::instant(due).map(Instant::from_std) else {
            return true;
        };
        let timer = match slot {
            Some(timer) => timer,
            None if Handle::try_current().is_err() => return false,
            None => slot.insert(Self(Box::pin(sleep_until(at)))),
        };
        if timer.0.deadline() != at {
            timer.0.as_mut().reset(at);
        }
        // One that has fired is no alarm any more, and the deadline has not passed for us: it may
        // still move, or is this very moment.
        if timer.0.as_mut().poll(context).is_ready() {
            context.waker().wake_by_ref();
        }
        true
    }
}

/// The time of the runtime around the caller, or the real one; the second value tells if that clock
/// stands still, or did once.
pub(crate) fn read() -> (u64, bool) {
    let before = clock::real();
    let now = clock::of(Instant::now().into_std());
    (now, now < before || clock::real() < now)
}
