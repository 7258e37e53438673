//! The stack of the current thread, and the epoch that its checks saw last.

use core::cell::Cell;

use crate::base::layout::{PARKED, STALE};
use crate::stack::entries::Entries;
use crate::stack::exiting;
use crate::stack::frames::{Piece, Stack};

thread_local! {
    // Neither cell has a destructor, so both can be read at any time, even while the thread exits. `USUAL` holds an
    // `Option` instead of a reference to an empty static, because Rust 1.85 accepts no such constant.
    static USUAL: Cell<Option<Usual>> = const { Cell::new(None) };
    /// The last epoch at which a check of this thread found nothing due.
    static SEEN: Cell<u64> = const { Cell::new(PARKED) };
}

/// The stack on which a thread normally opens its scopes, and copies of what an entry reads of it.
#[derive(Clone, Copy)]
pub(crate) struct Usual {
    pub(crate) stack: &'static Stack,
    /// The frames in use. Growing the stack replaces them.
    pub(crate) piece: Piece,
    /// The stack's [entry word](Stack::entry_word). Only this thread writes it, and an entry that compares with
    /// this copy saves a load.
    pub(crate) word: u64,
    /// The counters of its entries; replaced when they grow, like the frames.
    pub(crate) entries: Entries,
}

/// The usual stack of this thread. `None` before its first scope, and while the thread exits.
#[inline(always)]
pub(crate) fn usual() -> Option<Usual> {
    USUAL.get()
}

/// Replaces the usual stack, and reloads its frames and counters.
pub(crate) fn set_usual(stack: Option<&'static Stack>) {
    if let Some(stack) = stack {
        stack.set_seen(seen());
    }
    USUAL.set(stack.map(|stack| Usual {
        stack,
        piece: stack.used(),
        word: stack.entry_word(),
        entries: stack.table.entries(),
    }));
}

/// Grows the current stack of this thread.
#[cold]
#[inline(never)]
pub(super) fn grow(stack: &'static Stack) {
    stack.grow();
    see_again(stack);
}

/// Counts an entry of the site on the current stack of this thread. Returns whether the entry is timed.
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

/// The stack with this thread's scopes; `None` if the thread has opened none.
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

/// Sets the epoch that checks compare with and under which scopes open from now on. A parked word is not admitted
/// for scopes, since it is never a start. `lag` must have been loaded before `word`.
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
    // Short scopes come here each time they open. Keeping the earlier lag makes no deadline earlier.
    if seen() == word {
        return;
    }
    SEEN.set(word);
    if let Some(usual) = usual() {
        usual.stack.set_seen(word);
        let word = if word & PARKED == 0 { word } else { STALE };
        usual.stack.admit(word, lag);
        USUAL.set(Some(Usual { word, ..usual }));
    }
}
