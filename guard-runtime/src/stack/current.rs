//! The stack of the current thread, and the epoch that its checks saw last.

use core::cell::Cell;

use crate::base::layout::{PARKED, STALE};
use crate::stack::exiting;
use crate::stack::frames::Stack;

thread_local! {
    // Neither has a destructor: both can be read at any time, also while the thread exits. `None` and not a
    // reference to some static: Rust 1.85 accepts no such constant.
    static STACK: Cell<Option<&'static Stack>> = const { Cell::new(None) };
    /// The last epoch with which a check of this thread found nothing due.
    static SEEN: Cell<u64> = const { Cell::new(PARKED) };
}

/// The stack on which this thread opens scopes as usual. `None` before its first scope, and while it exits.
#[inline(always)]
pub(crate) fn usual() -> Option<&'static Stack> {
    STACK.get()
}

/// Replaces the usual stack.
pub(super) fn replace(stack: Option<&'static Stack>) -> Option<&'static Stack> {
    STACK.replace(stack)
}

/// The stack with this thread's scopes; `None` if it has none open and never had.
#[inline]
pub(crate) fn current() -> Option<&'static Stack> {
    usual().or_else(exiting::current)
}

/// The number of this thread's open scopes.
#[inline]
pub(crate) fn depth() -> u32 {
    current().map_or(0, Stack::depth)
}

#[inline(always)]
pub(crate) fn seen() -> u64 {
    SEEN.get()
}

/// The epoch that checks compare with from now on, and under which scopes open; not if it is parked, for then it
/// is never a start. `lag` was loaded before it.
#[inline]
pub(crate) fn set_seen(word: u64, lag: u64) {
    set(word, Some(lag));
}

/// Sends the next check and the next entry of this thread to the cold path.
#[inline]
pub(crate) fn force_cold() {
    set(STALE, None);
}

#[inline]
fn set(word: u64, lag: Option<u64>) {
    // Short scopes come here each time they open. The earlier lag makes no deadline earlier.
    if seen() == word {
        return;
    }
    SEEN.set(word);
    if let Some(stack) = usual() {
        stack.admit(if word & PARKED == 0 { word } else { STALE }, lag);
    }
}
