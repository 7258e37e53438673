//! A scope as the code that opened it holds it.

use crate::base::sync::process;
use crate::stack::frames::Stack;
use crate::stack::lease::leased;

/// An open scope; dropping it leaves the scope.
#[doc(hidden)]
#[must_use]
pub struct Scope {
    pub(crate) stack: &'static Stack,
    /// The depth below it, which is the index of its frame.
    pub(crate) depth: u32,
}

process! {
    /// The stack of scopes that are not opened. Leaving one stores the depth that is there.
    static NOWHERE: Stack = Stack::new();
}

impl Scope {
    /// Opens nothing. Dropping it leaves whatever was opened since.
    #[inline]
    pub(crate) fn base() -> Self {
        let stack = leased();
        let depth = stack.depth();
        Self { stack, depth }
    }

    /// A scope on no thread's stack.
    #[cold]
    pub(crate) fn nowhere() -> Self {
        Self {
            stack: &NOWHERE,
            depth: 0,
        }
    }

    /// The stack, and the depth below the scope.
    #[inline]
    pub(crate) fn place(&self) -> (&'static Stack, u32) {
        (self.stack, self.depth)
    }

    /// Sets the iterations that its frame counts, where closures count too.
    #[inline]
    pub fn allow(&self, limit: u64) {
        self.stack.allow(self.depth, limit);
    }
}

impl Drop for Scope {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        self.stack.set_depth(self.depth);
    }
}
