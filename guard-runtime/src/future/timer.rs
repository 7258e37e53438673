//! Alarms that are timers of a tokio runtime.
//!
//! Tests can stop a runtime's clock and move it by hand; the deadlines of futures that it polls then follow it, and
//! so must their alarms. Only the clock of a single-threaded runtime can be stopped, so the ticker fires the alarms
//! in all others, which then need no timer for each future.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;

use pin_project_lite::pin_project;
use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::stack::current::force_cold;
use crate::stack::frames::Stack;
use crate::time::clock;
use crate::time::epoch::{EPOCH, gap};
use crate::time::{source, tokio_clock};

/// A timer of the runtime in which the future waits. Boxed as a whole, because futures are held by the thousand.
pub(crate) struct Timer(Pin<Box<Held>>);

pin_project! {
    struct Held {
        #[pin]
        sleep: Sleep,
        runtime: Id,
    }
}

/// The runtime around the caller, if its clock can be stopped. A caller that needs it twice asks once: the question
/// counts who holds the runtime, in a word that all its threads share.
pub(crate) fn runtime() -> Option<Handle> {
    if source::is_in_threads() {
        return None; // The poll has asked.
    }
    Handle::try_current()
        .ok()
        .filter(tokio_clock::can_be_stopped)
}

impl Timer {
    /// Sets the timer in `slot` to the clock of `here`, the [`runtime`] around the caller; false if there is none.
    ///
    /// A timer of another runtime is dropped: that runtime may be gone, and polling its timer would panic.
    ///
    /// # Panics
    ///
    /// Like `tokio::time::sleep`, in a runtime without timers.
    pub(crate) fn set(
        slot: &mut Option<Self>,
        due: u64,
        here: Option<&Handle>,
        context: &mut Context<'_>,
    ) -> bool {
        let Some(here) = here else {
            *slot = None;
            return false;
        };
        // Exactly at the deadline nothing trips yet. If the clock stopped there, the task would be woken in vain,
        // so the timer is set a nanosecond later.
        let Some(at) = clock::instant(due.saturating_add(1)).map(Instant::from_std) else {
            return true;
        };
        slot.take_if(|timer| here.id() != timer.0.runtime);
        let held = slot.get_or_insert_with(|| {
            let (sleep, runtime) = (sleep_until(at), here.id());
            Self(Box::pin(Held { sleep, runtime }))
        });
        Self::set_sleep(held.0.as_mut().project().sleep, at, context);
        true
    }

    fn set_sleep(mut sleep: Pin<&mut Sleep>, at: Instant, context: &mut Context<'_>) {
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        // The timer has fired and wakes no more, although the deadline may not have passed for the scope: it may
        // still move later, or no check has read the clock.
        if sleep.poll(context).is_ready() {
            force_cold();
            context.waker().wake_by_ref();
        }
    }

    pub(crate) fn has_fired(&self) -> bool {
        self.0.sleep.is_elapsed()
    }
}

/// Gives the scope at `index` a start on the clock of the current [`runtime`], after its first poll, if it read no
/// clock. That clock may have been stopped or moved before. This is exact enough, since virtual time cannot pass
/// within a poll.
pub(crate) fn start(stack: &Stack, index: u32) {
    let Some(word) = stack.start_word(index) else {
        return;
    };
    let now = tokio_clock::unchecked();
    if word == EPOCH.load() && (word..word.saturating_add(gap(word))).contains(&now) {
        // The scope is as old as this clock says, or younger by less than a gap, whichever clock it is.
        stack.set_start(index, now);
    } else if let (Some(base), (now, true)) = (source::polls(), tokio_clock::read()) {
        stack.switch_clock(base, now);
        force_cold();
    }
}
