//! Which thread works on which stack of open scopes.
//!
//! A stack is leaked once and lent to one thread after another, so that a reference to it needs no
//! count, and entering needs no allocation.

use core::cell::Cell;

pub(crate) use crate::stack::{Earliest, SLOTS, Stack};

use crate::stack::{EMPTY, NOBODYS};
use crate::sync::{Mutex, lock};

/// Stands in until a thread opens its first scope. It is always full, so that the fast path needs
/// no test of its own for it.
static NOBODY: Stack = Stack::new(NOBODYS);

/// Stacks of threads that are gone.
static FREE: Mutex<Vec<&'static Stack>> = Mutex::new(Vec::new());

/// All stacks ever made; the ticker asks them whether it may park.
static ALL: Mutex<Vec<&'static Stack>> = Mutex::new(Vec::new());

thread_local! {
    // Neither has a destructor: both can be read at any time, also while the thread dies.
    static STACK: Cell<&'static Stack> = const { Cell::new(&NOBODY) };
    /// The last word with which a check of this thread found nothing due.
    static SEEN: Cell<u64> = const { Cell::new(crate::epoch::PARKED) };
    static LEASE: Lease = const { Lease };
}

/// Gives the stack back when the thread ends.
struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        let stack = STACK.replace(&NOBODY);
        if stack.is_nobodys() {
            return;
        }
        // Scopes are locals of functions that have returned by now; only a leaked guard is left.
        stack.set_depth(0);
        lock(&FREE).push(stack);
    }
}

#[inline(always)]
pub(crate) fn seen() -> u64 {
    SEEN.get()
}

#[inline(always)]
pub(crate) fn set_seen(word: u64) {
    SEEN.set(word);
}

/// Whether any thread has a scope open.
pub(crate) fn any_open() -> bool {
    lock(&ALL).iter().any(|stack| stack.depth() != 0)
}

impl Stack {
    /// This thread's stack, which may be nobody's.
    #[inline(always)]
    pub(crate) fn current() -> &'static Self {
        STACK.get()
    }

    /// This thread's stack, leased now if it had none, and whether the thread is dying, so that
    /// nobody but the scope itself can give it back.
    #[inline]
    pub(crate) fn leased() -> (&'static Self, bool) {
        let stack = Self::current();
        if !stack.is_nobodys() {
            return (stack, false);
        }
        let stack = lock(&FREE).pop().unwrap_or_else(|| {
            let made: &'static Self = Box::leak(Box::new(Self::new(EMPTY)));
            lock(&ALL).push(made);
            made
        });
        STACK.set(stack);
        (stack, LEASE.try_with(|_| ()).is_err())
    }

    /// Gives a dying thread's stack back.
    pub(crate) fn release(&'static self) {
        STACK.set(&NOBODY);
        lock(&FREE).push(self);
    }
}
