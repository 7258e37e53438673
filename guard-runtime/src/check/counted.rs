//! Scopes opened by hand that count checks, because they have no loops of their own to count.

use core::cell::Cell;

use crate::stack::current::force_cold;
use crate::stack::frames::Stack;
use crate::time::source;

thread_local! {
    /// The index of the innermost scope on this thread that counts checks; [`NONE`] without one.
    static COUNTED: Cell<u32> = const { Cell::new(NONE) };
}

const NONE: u32 = u32::MAX;

/// Makes every check of this thread count for one scope, until this is dropped.
pub(crate) struct CheckCounting {
    outer: u32,
}

impl CheckCounting {
    /// For the scope at `index`, whose iterations are set.
    pub(crate) fn new(index: u32) -> Self {
        let outer = COUNTED.replace(index);
        source::count_checks(1);
        force_cold();
        Self { outer }
    }
}

impl Drop for CheckCounting {
    fn drop(&mut self) {
        source::count_checks(-1);
        COUNTED.set(self.outer);
    }
}

/// The scope for which a check counts now; none if a wall stands above it.
pub(crate) fn owner(stack: &Stack) -> Option<u32> {
    let owner = COUNTED.get();
    (owner < stack.depth() && !stack.is_walled(owner)).then_some(owner)
}
