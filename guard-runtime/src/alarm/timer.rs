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

use crate::stack::frame::{self, Stack};
use crate::time::clock;
use crate::time::epoch::{EPOCH, GAP, STALE};

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

    pub(crate) fn has_fired(&self) -> bool {
        self.0.is_elapsed()
    }
}

/// Where a scope has read no clock, and that of the runtime around may have been stopped or moved before it
/// opened, reads that one after its first poll, in which no such time passes.
pub(crate) fn start(stack: &Stack, index: u32) {
    let Some(word) = stack.word(index).filter(|_| may_stop()) else {
        return;
    };
    let now = clock::of(Instant::now().into_std());
    if word == EPOCH.word() && (word..word.saturating_add(GAP)).contains(&now) {
        // Whatever clock it is, the scope is as old as that says, or younger by less than a gap.
        stack.start(index, now);
    } else if let (Some(base), (now, true)) = (frame::polls(), read()) {
        stack.part(base, now);
        frame::set_seen(STALE);
    }
}

/// Whether there is a runtime around the caller whose clock can be stopped.
fn may_stop() -> bool {
    let runtime = Handle::try_current();
    runtime.is_ok_and(|runtime| runtime.runtime_flavor() != RuntimeFlavor::MultiThread)
}

thread_local! {
    /// Whether what this thread read last was another clock than the real one.
    static APART: Cell<bool> = const { Cell::new(false) };
}

/// The time of the runtime around the caller, or the real one, for a scope that begins.
///
/// One reading that may be real is not compared with another: whatever clock it is, the scope begins then,
/// and what a check goes by is [`read`].
#[inline(always)]
pub(crate) fn now() -> u64 {
    // The word first: the real time is not before it.
    let word = EPOCH.word();
    let now = clock::of(Instant::now().into_std());
    if APART.get() || !(word..=word.saturating_add(GAP)).contains(&now) {
        return read().0;
    }
    now
}

/// The time of the runtime around the caller, or the real one; the second value tells if that clock
/// stands still, or did once: then it is not between two readings of the real one.
#[inline(always)]
pub(crate) fn read() -> (u64, bool) {
    let before = clock::real();
    let now = clock::of(Instant::now().into_std());
    // One that is ahead is seldom ahead by less than it takes to read it: then the second reading is saved.
    let apart = now < before || (now - before > READING && clock::real() < now);
    APART.set(apart);
    (now, apart)
}

/// Longer than the reading of a clock usually takes, in nanoseconds.
const READING: u64 = 1_000;

/// Whether what this thread read last was another clock than the real one.
#[inline]
pub(crate) fn is_apart() -> bool {
    // A clock that a test of ours has stopped is the thread's, whatever runtime it works for.
    #[cfg(feature = "testing")]
    if crate::testing::paused_at().is_some() {
        return false;
    }
    APART.get()
}
