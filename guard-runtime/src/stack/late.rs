//! The stacks of threads that die: their own is given back, and destructors that run after that may
//! still open scopes.
//!
//! Nothing of ours runs when such a thread has left its last scope: leaving stores a depth, and no
//! more. So it keeps no stack. Every cold path looks it up in a list, and the next dying thread takes
//! over one that is empty. Such a stack admits no word, so that every entry is a cold path.

use core::cell::Cell;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::base::sync::{Mutex, lock};
use crate::stack::frames::Stack;

struct Late {
    /// Whose it is, or was last.
    thread: u64,
    stack: &'static Stack,
}

static STACKS: Mutex<Vec<Late>> = Mutex::new(Vec::new());

/// Threads that died.
static THREADS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// This thread's number among those that die; 0 while it lives.
    static THREAD: Cell<u64> = const { Cell::new(0) };
}

/// This thread gives its stack back.
pub(crate) fn begin() {
    THREAD.set(THREADS.fetch_add(1, Ordering::Relaxed) + 1);
}

/// Whether it has.
pub(crate) fn has_begun() -> bool {
    THREAD.get() != 0
}

/// The stack with this thread's scopes, if it dies and has any open.
#[cold]
pub(crate) fn current() -> Option<&'static Stack> {
    if !has_begun() {
        return None;
    }
    let stacks = lock(&STACKS);
    let ours = stacks.iter().find(|late| late.thread == THREAD.get())?;
    (!ours.stack.is_free()).then_some(ours.stack)
}

/// An empty stack for this thread, which dies and has none.
pub(crate) fn lease(make: impl FnOnce() -> &'static Stack) -> &'static Stack {
    let mut stacks = lock(&STACKS);
    let index = stacks.iter().position(|late| late.stack.is_free());
    let index = index.unwrap_or_else(|| {
        let (thread, stack) = (0, make());
        stacks.push(Late { thread, stack });
        stacks.len() - 1
    });
    let late = &mut stacks[index];
    late.thread = THREAD.get();
    late.stack.lend();
    late.stack
}
