//! A scope that work on other threads refers to: whether it is still open.
//!
//! Leaving a scope is one store of the depth, and should stay that cheap. So a shared scope is marked in its frame,
//! and other threads read the depth and the mark. A push overwrites the mark before it raises the depth again: once
//! the scope has been left, it is found to have ended, whatever is opened in its place. The loads are acquire loads
//! of release stores, so that a depth from a later push also shows what that push wrote.
//!
//! The scope of a future leaves its stack at every `Pending` without ending: `future/shared.rs` knows when it ends.

use core::sync::atomic::AtomicU64 as Counter;

use crate::base::layout::{OPEN, SHARED};
use crate::base::sync::Ordering;
use crate::stack::frames::Stack;

/// The numbers of the process's marks.
static NUMBERS: Counter = Counter::new(1);

/// A scope on some thread's stack.
#[derive(Clone, Copy)]
pub(crate) struct Shared {
    stack: &'static Stack,
    index: u32,
    number: u64,
}

impl Shared {
    /// Marks the scope at `index`, which is open on this thread's `stack`.
    pub(crate) fn new(stack: &'static Stack, index: u32) -> Self {
        Self {
            stack,
            index,
            number: stack.share(index),
        }
    }

    /// Whether the scope was left.
    pub(crate) fn has_ended(&self) -> bool {
        !self.stack.shares(self.index, self.number)
    }
}

impl Stack {
    /// Marks the scope at `index`. Only the thread that owns the stack may call this.
    pub(crate) fn share(&self, index: u32) -> u64 {
        self.mark_of(index).unwrap_or_else(|| {
            let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
            self.share_again(index, number);
            number
        })
    }

    /// Marks the scope at `index` as it was on another stack, or before it left this one.
    pub(crate) fn share_again(&self, index: u32, number: u64) {
        self.date_open();
        let frame = self.frame(index);
        let site = frame.site.load(Ordering::Relaxed);
        frame.shared.store(number, Ordering::Release);
        frame.site.store(site | SHARED, Ordering::Release);
    }

    /// The mark of the scope at `index`, if there is one and it has a mark.
    #[inline]
    pub(crate) fn mark_of(&self, index: u32) -> Option<u64> {
        if self.depth() <= index {
            return None;
        }
        let frame = self.frame(index);
        let is_shared = frame.site.load(Ordering::Relaxed) & SHARED != 0;
        is_shared.then(|| frame.shared.load(Ordering::Relaxed))
    }

    /// Whether the scope at `index` that got the mark `number` is still open.
    pub(crate) fn shares(&self, index: u32, number: u64) -> bool {
        let depth = self.depth.load(Ordering::Acquire) & OPEN;
        // Load the depth before the piece: a depth from a later push then shows the piece that the push wrote to.
        let frames = self.frames_of(self.piece.load(Ordering::Acquire));
        let Some(frame) = frames.get(index as usize).filter(|_| depth > index) else {
            return false;
        };
        let marked = frame.site.load(Ordering::Acquire) & SHARED != 0;
        marked && frame.shared.load(Ordering::Acquire) == number
    }
}

#[cfg(all(test, guard_loom))]
mod model {
    use loom::sync::Arc;
    use loom::thread;

    use crate::base::layout::EMPTY;
    use crate::stack::frames::Stack;

    /// A scope that was left has ended for whoever learns that it was left, even if another one was opened in its
    /// place; and a scope that is open has not ended.
    ///
    /// Catches a push that keeps the mark.
    #[test]
    fn a_scope_that_was_left_has_ended() {
        loom::model(|| {
            let stack = Arc::new(Stack::new());
            stack.grow();
            stack.push(stack.frame(0), 1, 5);
            let number = stack.share(0);
            let reader = {
                let stack = Arc::clone(&stack);
                thread::spawn(move || {
                    let first = stack.shares(0, number);
                    // Once ended, it stays ended.
                    assert!(first || !stack.shares(0, number));
                })
            };
            assert!(stack.shares(0, number));
            stack.set_depth(EMPTY);
            stack.push(stack.frame(0), 1, 5);
            assert!(!stack.shares(0, number));
            reader.join().unwrap();
            assert_ne!(stack.share(0), number);
        });
    }
}
