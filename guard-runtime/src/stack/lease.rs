//! Which thread uses which stack.
//!
//! A stack is leaked once and lent to one thread after another: a reference to it needs no count, and entering a
//! scope allocates nothing.

use std::sync::Mutex;
use std::thread;

use crate::base::location::At;
use crate::base::lock::lock;
use crate::base::reentry;
use crate::stack::current::{self, force_cold};
use crate::stack::exiting;
use crate::stack::frames::Stack;
use crate::stack::reading::OpenFrame;

/// The stacks that no thread uses.
static FREE: Mutex<Vec<&'static Stack>> = Mutex::new(Vec::new());

/// All stacks that were ever made.
static ALL: Mutex<Vec<&'static Stack>> = Mutex::new(Vec::new());

thread_local! {
    static LEASE: Lease = const { Lease };
}

/// Returns the stack when the thread exits.
struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        exiting::begin();
        let Some(usual) = current::usual() else {
            return;
        };
        current::set_usual(None);
        let stack = usual.stack;
        // The functions whose locals held scopes have returned; only a leaked guard can be left.
        stack.clear();
        *lock(&stack.thread) = None;
        reentry::bar(|| lock(&FREE).push(stack));
    }
}

/// This thread's stack, leased now if it had none, with a frame for one more scope.
#[inline(always)]
pub(crate) fn leased() -> &'static Stack {
    match current::usual() {
        Some(usual) if (usual.stack.depth() as usize) < usual.piece.frames.len() => usual.stack,
        _ => leased_slowly(),
    }
}

#[cold]
#[inline(never)]
fn leased_slowly() -> &'static Stack {
    let stack = current::current().unwrap_or_else(lease);
    if stack.is_full() {
        current::grow(stack);
    }
    stack
}

#[cold]
fn lease() -> &'static Stack {
    // The new stack admits no epoch yet.
    force_cold();
    reentry::bar(|| {
        if exiting::has_begun() || LEASE.try_with(|_| ()).is_err() {
            let stack = exiting::lease(make);
            stack.witness.begin();
            return stack;
        }
        let stack = lock(&FREE).pop().unwrap_or_else(make);
        current::set_usual(Some(stack));
        *lock(&stack.thread) = Some(thread::current());
        stack.witness.begin();
        stack
    })
}

fn make() -> &'static Stack {
    let made: &'static Stack = Box::leak(Box::new(Stack::new()));
    lock(&ALL).push(made);
    made
}

/// A thread with open scopes.
pub(crate) struct Busy {
    /// The number of its stack.
    pub(crate) number: usize,
    pub(crate) thread: String,
    pub(crate) scopes: Vec<OpenFrame>,
    /// The last check that took the cold path, and when.
    pub(crate) looked: Option<(u64, At)>,
}

/// The open scopes of all threads, grouped by thread.
pub(crate) fn open_scopes() -> Vec<Busy> {
    let mut open = Vec::new();
    reentry::bar(|| {
        each_busy(|number, stack| {
            open.push(Busy {
                number,
                thread: thread_name(stack),
                scopes: stack.read(),
                looked: stack.witness.at().map(|at| (stack.witness.looked(), at)),
            });
        });
    });
    open
}

/// The name of the thread that uses the stack, or its number.
pub(crate) fn thread_name(stack: &Stack) -> String {
    match &*lock(&stack.thread) {
        Some(thread) => match thread.name() {
            Some(name) => name.to_owned(),
            None => format!("{:?}", thread.id()),
        },
        None => "that ends".to_owned(),
    }
}

/// Calls `look` with each stack that has open scopes, and its number.
pub(crate) fn each_busy(mut look: impl FnMut(usize, &'static Stack)) {
    let all = lock(&ALL);
    for (number, stack) in all.iter().enumerate() {
        if !stack.is_free() {
            look(number, stack);
        }
    }
}

/// Calls `look` with each stack.
#[cfg(feature = "metrics")]
pub(crate) fn each(look: impl FnMut(&'static Stack)) {
    lock(&ALL).iter().copied().for_each(look);
}

/// The stack with this number.
pub(crate) fn by_number(number: usize) -> Option<&'static Stack> {
    lock(&ALL).get(number).copied()
}

/// Whether any thread has a scope open.
pub(crate) fn any_open() -> bool {
    lock(&ALL).iter().any(|stack| !stack.is_free())
}
