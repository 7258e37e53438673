//! A scope as the code that opened it holds it.

use std::sync::OnceLock;

use crate::base::layout::HEARD;
use crate::base::sync::{Ordering, process};
use crate::stack::frames::Stack;
use crate::stack::lease::leased;
use crate::time::seen::Seen;

/// An open scope; dropping it leaves the scope.
#[doc(hidden)]
#[must_use]
pub struct Scope {
    pub(crate) stack: &'static Stack,
    /// The index of its frame, which is the depth below it, and perhaps [`HEARD`].
    depth: u32,
}

process! {
    /// The stack that stands for scopes that were not opened. Leaving one stores the depth that is there already.
    static NOWHERE: Stack = Stack::new();
}

/// Leaves the scope at this depth, and tells whoever listens if that is late.
pub(crate) type Listener = fn(&'static Stack, u32);

/// The listener, once there is one.
static LISTENER: OnceLock<Listener> = OnceLock::new();

/// Installs the listener that leaves scopes that are [`heard`](Scope::heard).
pub(crate) fn listen(listener: Listener) {
    LISTENER.get_or_init(|| listener);
}

impl Scope {
    /// The scope whose frame is at `depth`.
    #[inline(always)]
    pub(crate) fn new(stack: &'static Stack, depth: u32) -> Self {
        Self { stack, depth }
    }

    /// Leaves the scope open; a task will close it.
    #[inline(always)]
    pub(crate) fn keep(self) {
        core::mem::forget(self);
    }

    /// Hands the scope over as one word, which is all that the cold calls of an expansion return.
    #[inline]
    pub(crate) fn hand_over(self) -> &'static Stack {
        let stack = self.stack;
        stack.opened.store(self.depth, Ordering::Relaxed);
        self.keep();
        stack
    }

    /// The scope that was [handed over](Self::hand_over), and the epoch that its thread saw last.
    #[inline(always)]
    pub(crate) fn handed(stack: &'static Stack) -> (Self, Seen) {
        let depth = stack.opened.load(Ordering::Relaxed);
        (Self::new(stack, depth), Seen(stack.seen()))
    }

    /// A scope that is on no thread's stack.
    #[cold]
    pub(crate) fn nowhere() -> Self {
        Self::new(&NOWHERE, 0)
    }

    /// Makes the listener leave the scope, and whoever times it.
    pub(crate) fn heard(mut self) -> Self {
        self.depth |= HEARD;
        self
    }

    /// The stack, and the index of the scope's frame.
    #[inline]
    pub(crate) fn place(&self) -> (&'static Stack, u32) {
        (self.stack, self.depth & !HEARD)
    }

    /// Sets the iterations that its frame counts, for functions whose closures count as well.
    #[inline]
    pub fn allow(&self, limit: u64) {
        self.stack.allow(self.place().1, limit);
    }
}

impl Drop for Scope {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        // Also with the flag, so that the cold call needs no depth: each function has it twice, the second time where
        // it unwinds.
        self.stack.set_depth(self.depth);
        if self.depth & HEARD != 0 {
            leave_heard(self.stack);
        }
    }
}

// `extern "C"`, so that it cannot unwind and functions need no landing pad for it.
#[cold]
#[inline(never)]
extern "C" fn leave_heard(stack: &'static Stack) {
    let depth = stack.depth();
    // The scope is open until the listener has looked at it.
    stack.set_depth(depth + 1);
    stack.tell_time(depth);
    match LISTENER.get() {
        Some(listener) => listener(stack, depth),
        None => stack.set_depth(depth),
    }
}

/// The depth at which this was made; dropping it leaves every scope that was opened since.
#[must_use]
pub(crate) struct Base {
    stack: &'static Stack,
    depth: u32,
}

impl Base {
    #[inline]
    pub(crate) fn new() -> Self {
        let stack = leased();
        let depth = stack.depth();
        Self { stack, depth }
    }

    /// The stack, and the depth.
    #[inline]
    pub(crate) fn place(&self) -> (&'static Stack, u32) {
        (self.stack, self.depth)
    }
}

impl Drop for Base {
    #[inline]
    fn drop(&mut self) {
        self.stack.set_depth(self.depth);
    }
}
