//! Which thread works on which stack of open scopes.
//!
//! A stack is leaked once and lent to one thread after another, so that a reference to it needs no
//! count, and entering needs no allocation.

use core::cell::Cell;
use std::thread;

pub(crate) use crate::stack::frames::Stack;
pub(crate) use crate::stack::slot::{Earliest, Saved, WALL};

use crate::base::reentry;
use crate::base::sync::{Mutex, lock};
use crate::check::scope::Scope;
use crate::stack::frames::{EMPTY, NOBODYS};
use crate::stack::late;
use crate::time::clock;
use crate::time::epoch::{PARKED, STALE};
use crate::trip::record;

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
    static SEEN: Cell<u64> = const { Cell::new(PARKED) };
    static LEASE: Lease = const { Lease };
    /// The depth below the outermost future that is polled.
    static POLLS: Cell<u32> = const { Cell::new(NONE) };
    /// The innermost guarded future that is polled, by its address.
    static TASK: Cell<usize> = const { Cell::new(0) };
    static TURN: Cell<Turn> = const { Cell::new(Turn::ENDLESS) };
}

/// No future is polled.
const NONE: u32 = u32::MAX;

/// How long the task at hand may run on, in nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) every: u64,
    /// When it began.
    since: u64,
}

impl Turn {
    const ENDLESS: Self = Self {
        every: u64::MAX,
        since: 0,
    };

    /// When it is over.
    pub(crate) fn end(self) -> u64 {
        self.since.saturating_add(self.every)
    }
}

pub(crate) fn turn() -> Turn {
    TURN.get()
}

/// Begins a turn of so many nanoseconds; one of a future around this may be shorter.
pub(crate) fn take_turn(every: u64) {
    if every != u64::MAX {
        let since = clock::now();
        TURN.set(Turn { every, since });
    }
}

pub(crate) fn turn_is_over() -> bool {
    let end = TURN.get().end();
    end != u64::MAX && clock::now() >= end
}

/// Around one poll of a guarded future: whatever comes of it, the stack is left as it was.
pub(crate) struct Poller {
    scope: Scope,
    task: usize,
    polls: u32,
    turn: Turn,
}

impl Poller {
    #[inline]
    pub(crate) fn new(scope: Scope, task: usize) -> Self {
        // What was noted here, another future has tripped over.
        record::forget(scope.place().1, task);
        let polls = POLLS.get();
        if polls == NONE {
            POLLS.set(scope.place().1);
        }
        Self {
            polls,
            task: TASK.replace(task),
            // One without turns of its own has no part in those around it.
            turn: TURN.replace(Turn::ENDLESS),
            scope,
        }
    }

    #[inline]
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Drop for Poller {
    #[inline]
    fn drop(&mut self) {
        POLLS.set(self.polls);
        TASK.set(self.task);
        TURN.set(self.turn);
    }
}

/// The innermost guarded future that this thread polls.
#[inline(always)]
pub(crate) fn task() -> usize {
    TASK.get()
}

/// Whether this thread polls a guarded future: then there may be turns, and another time.
#[inline(always)]
pub(crate) fn is_polling() -> bool {
    POLLS.get() != NONE
}

/// The depth below the outermost future that this thread polls.
#[cfg(feature = "tokio")]
pub(crate) fn polls() -> Option<u32> {
    Some(POLLS.get()).filter(|polls| *polls != NONE)
}

/// Gives the stack back when the thread ends.
struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        late::begin();
        let stack = STACK.replace(&NOBODY);
        if stack.is_nobodys() {
            return;
        }
        // Scopes are locals of functions that have returned by now; only a leaked guard is left.
        stack.clear();
        *lock(&stack.thread) = None;
        lock(&FREE).push(stack);
        record::clear();
    }
}

#[inline(always)]
pub(crate) fn seen() -> u64 {
    SEEN.get()
}

/// Sets it to a word that was there before, or to none.
#[inline]
pub(crate) fn set_seen(word: u64) {
    saw(word, None);
}

/// What checks compare with from now on, and scopes open under: not under a word that is parked,
/// which is never a start. The lag as in [`Stack::admit`].
#[inline]
pub(crate) fn saw(word: u64, lag: Option<u64>) {
    // Short scopes come here each time they open. The earlier lag makes no deadline earlier.
    if seen() == word {
        return;
    }
    SEEN.set(word);
    let stack = Stack::usual();
    if !stack.is_nobodys() {
        stack.admit(if word & PARKED == 0 { word } else { STALE }, lag);
    }
}

/// For a wall that is planned: every check looks and no scope opens as usual, until [`reveal`]. The word
/// is the stack's entry word, hence that which was seen.
#[inline(always)]
pub(crate) fn hide(stack: &Stack, word: u64) {
    SEEN.set(STALE);
    stack.hide(word);
}

/// False if something has looked meanwhile.
#[inline(always)]
pub(crate) fn reveal(stack: &Stack, word: u64) -> bool {
    let untouched = stack.reveal(word);
    if untouched {
        SEEN.set(word);
    }
    untouched
}

/// The open scopes of all threads, each with its site's number.
pub(crate) fn open() -> Vec<(String, Vec<(u32, Saved)>)> {
    let name = |stack: &Stack| match &*lock(&stack.thread) {
        Some(thread) => match thread.name() {
            Some(name) => name.to_owned(),
            None => format!("{:?}", thread.id()),
        },
        None => "that ends".to_owned(),
    };
    reentry::bar(|| {
        let all = lock(&ALL);
        let busy = all.iter().filter(|stack| !stack.is_free());
        busy.map(|stack| (name(stack), stack.read())).collect()
    })
}

/// Whether any thread has a scope open, or a future waits for an alarm.
pub(crate) fn any_open() -> bool {
    crate::alarm::waiting::any() || any_running()
}

fn any_running() -> bool {
    lock(&ALL).iter().any(|stack| !stack.is_free())
}

impl Stack {
    /// The stack on which this thread opens scopes as usual; nobody's if there is none yet, or if the
    /// thread dies.
    #[inline(always)]
    pub(crate) fn usual() -> &'static Self {
        STACK.get()
    }

    /// The stack with this thread's scopes, which may be nobody's.
    #[inline]
    pub(crate) fn current() -> &'static Self {
        let stack = STACK.get();
        if stack.is_nobodys() {
            late::current().unwrap_or(stack)
        } else {
            stack
        }
    }

    /// This thread's stack, leased now if it had none.
    #[inline(always)]
    pub(crate) fn leased() -> &'static Self {
        let stack = Self::current();
        if stack.is_nobodys() {
            Self::lease()
        } else {
            stack
        }
    }

    /// The stack that stands in where there is none.
    pub(crate) fn nobodys() -> &'static Self {
        &NOBODY
    }

    #[cold]
    fn lease() -> &'static Self {
        // It admits nothing yet.
        SEEN.set(STALE);
        reentry::bar(Self::lease_alone)
    }

    fn lease_alone() -> &'static Self {
        if late::has_begun() || LEASE.try_with(|_| ()).is_err() {
            return late::lease(Self::make);
        }
        let stack = lock(&FREE).pop().unwrap_or_else(Self::make);
        STACK.set(stack);
        *lock(&stack.thread) = Some(thread::current());
        stack
    }

    fn make() -> &'static Self {
        let made: &'static Self = Box::leak(Box::new(Self::new(EMPTY)));
        lock(&ALL).push(made);
        made
    }
}
