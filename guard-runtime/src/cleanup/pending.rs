//! Deferred calls that a leak check counts.

use core::cell::Cell;

thread_local! {
    /// How many deferred calls of this thread are neither made nor cancelled. Counts only those that were deferred
    /// during a leak check.
    static PENDING: Cell<u32> = const { Cell::new(0) };
    static CHECKS: Cell<u32> = const { Cell::new(0) };
}

/// Counts a deferred call, if a leak check is in progress. Returns whether it did.
#[inline(always)]
pub(crate) fn made() -> bool {
    let counted = CHECKS.get() != 0;
    if counted {
        PENDING.set(PENDING.get() + 1);
    }
    counted
}

/// Uncounts a call that was counted, if this thread counted it.
#[cold]
pub(crate) fn gone() {
    PENDING.set(PENDING.get().saturating_sub(1));
}

/// The number of counted calls that are neither made nor cancelled.
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
