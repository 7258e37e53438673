//! The stack of the current thread, and the epoch that its checks saw last.

use core::cell::Cell;

use crate::base::layout::{PARKED, STALE};
use crate::stack::entries::Entries;
use crate::stack::exiting;
use crate::stack::frame::Frame;
use crate::stack::frames::Stack;

thread_local! {
    // Neither has a destructor: both can be read at any time, also while the thread exits. `None` and not a
    // reference to some static: Rust 1.85 accepts no such constant.
    static USUAL: Cell<Option<Usual>> = const { Cell::new(None) };
    /// The last epoch with which a check of this thread found nothing due.
    static SEEN: Cell<u64> = const { Cell::new(PARKED) };
}

/// The stack on which a thread opens scopes as usual, and its frames.
#[derive(Clone, Copy)]
pub(crate) struct Usual {
    pub(crate) stack: &'static Stack,
    /// The frames in use: whoever makes the stack grow replaces this.
    pub(crate) frames: &'static [Frame],
    /// The stack's [entry word](Stack::entry_word). Only this thread writes it, and here an entry compares without a load
    /// of its own.
    pub(crate) word: u64,
    /// The counts of its entries, as the frames.
    pub(crate) entries: Entries,
}

/// The usual stack of this thread. `None` before its first scope, and while it exits.
#[inline(always)]
pub(crate) fn usual() -> Option<Usual> {
    USUAL.get()
}

/// Replaces the usual stack, and sees the frames that it has by now.
pub(crate) fn set_usual(stack: Option<&'static Stack>) {
    let frames = stack.map_or(&[][..], Stack::frames);
    USUAL.set(stack.map(|stack| Usual {
        stack,
        frames,
        word: stack.entry_word(),
        entries: stack.table.entries(),
    }));
}

/// Makes the current stack of this thread grow.
#[cold]
#[inline(never)]
pub(super) fn grow(stack: &'static Stack) {
    stack.grow();
    see_again(stack);
}

/// Counts an entry of the site on the current stack of this thread; whether it is timed.
#[inline]
pub(crate) fn count_entry(stack: &'static Stack, site: u32) -> bool {
    let (timed, moved) = stack.table.count(site);
    if moved {
        see_again(stack);
    }
    timed
}

fn see_again(stack: &'static Stack) {
    if usual().is_some_and(|usual| core::ptr::eq(usual.stack, stack)) {
        set_usual(Some(stack));
    }
}

/// The stack with this thread's scopes; `None` if it has none open and never had.
#[inline]
pub(crate) fn current() -> Option<&'static Stack> {
    usual().map(|usual| usual.stack).or_else(exiting::current)
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
    if let Some(usual) = usual() {
        let word = if word & PARKED == 0 { word } else { STALE };
        usual.stack.admit(word, lag);
        USUAL.set(Some(Usual { word, ..usual }));
    }
}
