//! The stacks of exiting threads: destructors of thread-locals may open scopes after the thread has returned its
//! own stack.
//!
//! None of our code runs when an exiting thread leaves its last scope, since leaving only stores a depth. So such a
//! thread owns no stack: its cold paths look one up in a list, and the next exiting thread reuses a stack that is
//! empty. These stacks admit no epoch, so every entry takes the cold path.

use core::cell::Cell;
use core::sync::atomic::{AtomicU64, Ordering};

use std::sync::Mutex;

use crate::base::lock::lock;
use crate::base::reentry;
use crate::stack::frames::Stack;

struct Exiting {
    /// The thread that uses the stack, or that used it last.
    thread: u64,
    stack: &'static Stack,
}

static STACKS: Mutex<Vec<Exiting>> = Mutex::new(Vec::new());

/// The number that was assigned last.
static THREADS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// This thread's number among the exiting ones; 0 while it is not exiting.
    static THREAD: Cell<u64> = const { Cell::new(0) };
}

/// Marks this thread as exiting. It returns its stack.
pub(crate) fn begin() {
    THREAD.set(THREADS.fetch_add(1, Ordering::Relaxed) + 1);
}

/// Whether this thread exits.
pub(crate) fn has_begun() -> bool {
    THREAD.get() != 0
}

/// The stack with this thread's scopes, if the thread is exiting and has any open.
#[cold]
pub(crate) fn current() -> Option<&'static Stack> {
    // While it allocates for the list, this thread holds the lock itself.
    if !has_begun() || reentry::is_barred() {
        return None;
    }
    let stacks = lock(&STACKS);
    let ours = stacks.iter().find(|entry| entry.thread == THREAD.get())?;
    (!ours.stack.is_free()).then_some(ours.stack)
}

/// An empty stack for this thread, which is exiting and has none.
pub(crate) fn lease(make: impl FnOnce() -> &'static Stack) -> &'static Stack {
    let mut stacks = lock(&STACKS);
    let index = stacks.iter().position(|entry| entry.stack.is_free());
    let index = index.unwrap_or_else(|| {
        let (thread, stack) = (0, make());
        stacks.push(Exiting { thread, stack });
        stacks.len() - 1
    });
    let entry = &mut stacks[index];
    entry.thread = THREAD.get();
    entry.stack.reserve();
    entry.stack
}
