//! Alarms that are timers of a tokio runtime, and that runtime's clock.
//!
//! Tests may stop a runtime's clock and move it by hand; then deadlines of futures that it polls follow
//! it. While it runs it is the clock of everybody else. Only that of a runtime in one thread can be
//! stopped, so the ticker rings for the others: it needs no timer for each future.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::Context;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::epoch::{CALM, CALM_GAP, EPOCH, GAP, STALE};
use crate::{clock, frame};

/// A timer of the runtime in which the future waited first.
pub(crate) struct Timer(Pin<Box<Sleep>>);

impl Timer {
    /// Sets the timer in `slot`; false where the clock cannot be stopped.
    ///
    /// # Panics
    ///
    /// As `tokio::time::sleep`, in a runtime without timers.
    pub(crate) fn set(slot: &mut Option<Self>, due: u64, context: &mut Context<'_>) -> bool {
        // At the very deadline nothing trips yet: a clock that stood still there would wake for nothing.
        let Some(at) = clock::instant(due.saturating_add(1)).map(Instant::from_std) else {
            return true;
        };
        let timer = match slot {
            Some(timer) => timer,
            None if !may_stop() => return false,
            None => slot.insert(Self(Box::pin(sleep_until(at)))),
        };
        if timer.0.deadline() != at {
            timer.0.as_mut().reset(at);
        }
        // One that has fired is no alarm any more, and the deadline has not passed for us: it may
        // still move, or nobody has looked.
        if timer.0.as_mut().poll(context).is_ready() {
            frame::set_seen(STALE);
            context.waker().wake_by_ref();
        }
        true
    }
}

/// Whether there is a runtime around the caller whose clock can be stopped.
fn may_stop() -> bool {
    let runtime = Handle::try_current();
    runtime.is_ok_and(|runtime| runtime.runtime_flavor() != RuntimeFlavor::MultiThread)
}

thread_local! {
    /// What this thread read last, and whether that was another clock than the real one.
    static LAST: Cell<(u64, bool)> = const { Cell::new((0, false)) };
}

/// The time of the runtime around the caller, or the real one; the second value tells if that clock
/// stands still, or did once.
///
/// Reads one clock where it can: a reading that lies within a gap after the last tick, and is not the
/// one before, is taken for real. A clock that has been moved further shows at once, one that was just
/// stopped at its second reading, and one that is ahead by less than that makes no scope end early: one
/// that reads no clock is taken to begin a gap after the word.
#[inline(always)]
pub(crate) fn read() -> (u64, bool) {
    // The word first: the real time is not before it.
    let word = EPOCH.word();
    let now = clock::of(Instant::now().into_std());
    let (before, apart) = LAST.get();
    let gap = if word & CALM == 0 { GAP } else { CALM_GAP };
    let usual = !apart && now != before && now >= word && now - word <= gap;
    if usual {
        LAST.set((now, false));
        (now, false)
    } else {
        compare()
    }
}

/// Whether what this thread read last was another clock than the real one.
#[inline]
pub(crate) fn is_apart() -> bool {
    LAST.get().1
}

#[cold]
fn compare() -> (u64, bool) {
    let before = clock::real();
    let now = clock::of(Instant::now().into_std());
    let apart = now < before || clock::real() < now;
    LAST.set((now, apart));
    (now, apart)
}
