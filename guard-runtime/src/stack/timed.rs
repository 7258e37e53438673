//! Scopes whose time a metric reports (feature `metrics`): they open with a clock reading, and their frame says so.

use crate::base::layout::TIMED;
use crate::base::sync::Ordering;
use crate::stack::frames::Stack;
use crate::time::clock;

impl Stack {
    /// Makes leaving the scope at `index` report how long it took. It has just opened, with a clock reading.
    pub(crate) fn time(&self, index: u32) {
        self.frame(index).lag.store(TIMED, Ordering::Release);
    }

    /// Reports how long the scope at `index` took, if it is timed.
    #[inline(always)]
    pub(crate) fn tell_time(&self, index: u32) {
        if cfg!(feature = "metrics") {
            self.tell_time_of(index);
        }
    }

    #[inline(never)]
    fn tell_time_of(&self, index: u32) {
        let frame = self.frame(index);
        if frame.is_dated() && frame.lag.load(Ordering::Relaxed) == TIMED {
            let start = frame.start.load(Ordering::Relaxed);
            let nanos = clock::now().saturating_sub(start);
            self.table.add_run(frame.site(), nanos);
        }
    }
}
