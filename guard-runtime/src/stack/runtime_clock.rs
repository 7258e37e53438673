//! Scopes that follow the clock of a runtime after a test has stopped or moved it.

use crate::base::layout::{SPENT, UNKNOWN, is_exact, untold};
use crate::base::sync::Ordering;
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;

impl Stack {
    /// The epoch at which the scope at `index` started, if it read no clock.
    pub(crate) fn start_word(&self, index: u32) -> Option<u64> {
        self.date_open();
        let Saved { start, limit, lag } = self.frame(index).save();
        (limit != u64::MAX && !is_exact(lag)).then_some(start)
    }

    /// Sets the start of the scope at `index`, which must be the innermost.
    pub(crate) fn set_start(&self, index: u32, now: u64) {
        self.date_open();
        let frame = self.frame(index);
        frame.set_start(now);
        if untold(frame.due.load(Ordering::Relaxed)) != SPENT {
            frame.due.store(UNKNOWN, Ordering::Release);
        }
    }

    /// Makes the scopes from `base` up follow another clock than those below, which no longer count. That clock
    /// shows `now`; scopes that did not read it themselves are taken to begin now.
    pub(crate) fn switch_clock(&self, base: u32, now: u64) {
        self.date_open();
        for index in base..self.depth() {
            let frame = self.frame(index);
            if !is_exact(frame.lag.load(Ordering::Relaxed)) {
                frame.set_start(now);
            }
            if untold(frame.due.load(Ordering::Relaxed)) == SPENT {
                continue;
            }
            if index == base {
                // A known deadline ends the walk down.
                frame.settle_alone(base);
            } else {
                frame.due.store(UNKNOWN, Ordering::Release);
            }
        }
    }
}
