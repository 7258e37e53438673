//! Deferred calls that a leak check counts.

use core::cell::Cell;

thread_local! {
    /// Deferred calls of this thread that are neither made nor called off, of those that were made
    /// ready while anybody wanted to know.
    static PENDING: Cell<u32> = const { Cell::new(0) };
    static CHECKS: Cell<u32> = const { Cell::new(0) };
}

/// Whether it was counted.
#[inline(always)]
pub(crate) fn made() -> bool {
    let counted = CHECKS.get() != 0;
    if counted {
        PENDING.set(PENDING.get() + 1);
    }
    counted
}

/// One that was counted, if it was by this thread.
#[cold]
pub(crate) fn gone() {
    PENDING.set(PENDING.get().saturating_sub(1));
}

/// The deferred calls that were counted, and are neither made nor called off.
pub(crate) fn count() -> u32 {
    PENDING.get()
}

/// A leak check of this thread begins: calls are counted from now on.
pub(crate) fn begin_check() {
    CHECKS.set(CHECKS.get() + 1);
}

/// A leak check of this thread ends.
pub(crate) fn end_check() {
    CHECKS.set(CHECKS.get() - 1);
}
