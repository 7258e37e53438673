//! Iteration budgets that a frame counts, because closures of its function count as well.

use crate::base::layout::{SPENT, UNKNOWN, untold};
use crate::base::sync::Ordering;
use crate::stack::frame::Earliest;
use crate::stack::frames::Stack;

impl Stack {
    /// Sets how many iterations the scope at `index` may take.
    pub(crate) fn allow(&self, index: u32, limit: u64) {
        self.frame(index).iterations.store(limit, Ordering::Release);
        self.set_left(index, limit);
    }

    /// Sets how many of them are left.
    pub(crate) fn set_left(&self, index: u32, left: u64) {
        self.frame(index).left.store(left, Ordering::Release);
    }

    /// Whether the scope at `index` is out of iterations, how many are left, and of how many.
    pub(crate) fn allowance(&self, index: u32) -> (bool, u64, u64) {
        self.date_open();
        let frame = self.frame(index);
        (
            untold(frame.due.load(Ordering::Relaxed)) == SPENT,
            frame.left.load(Ordering::Relaxed),
            frame.iterations.load(Ordering::Relaxed),
        )
    }

    /// Takes one iteration from the scope at `index`.
    ///
    /// # Errors
    ///
    /// The limit, if no iteration is left; the scope is then to be [spent](Self::spend).
    pub(crate) fn take(&self, index: u32) -> Result<(), u64> {
        let frame = self.frame(index);
        let left = frame.left.load(Ordering::Relaxed);
        frame.left.store(left.saturating_sub(1), Ordering::Release);
        if left == 0 {
            Err(frame.iterations.load(Ordering::Relaxed))
        } else {
            Ok(())
        }
    }

    /// Marks the scope at `index` as out of iterations. Returns true the first time.
    pub(crate) fn spend(&self, index: u32, limit: u64) -> bool {
        self.date_open();
        let frame = self.frame(index);
        if untold(frame.due.load(Ordering::Relaxed)) == SPENT {
            return false;
        }
        frame.iterations.store(limit, Ordering::Release);
        frame.remember(Earliest {
            due: SPENT,
            owner: index,
        });
        for above in index + 1..self.depth() {
            self.frame(above).due.store(UNKNOWN, Ordering::Release);
        }
        true
    }
}
