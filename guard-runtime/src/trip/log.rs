//! What tripped on a thread, for cleanup that asks why its scope is left.
//!
//! Only trips write here, and only cleanup reads, so scopes without cleanup pay nothing. An entry is therefore
//! not removed when its scope is left: the reader skips what was noted before it began ([`count`]), and what
//! belongs to scopes that were opened since (they are deeper).

use core::cell::RefCell;
use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::trip::tripped::Tripped;

/// Trips of the process. Relaxed: one thread compares it with what the same thread noted.
static TRIPS: AtomicU64 = AtomicU64::new(0);

/// From one number to the next. Whoever notes one has the bits below for himself.
pub(crate) const STEP: u64 = 16;

struct Entry {
    /// The depth of the scope that ran out.
    owner: u32,
    number: u64,
    tripped: Tripped,
}

#[derive(Default)]
struct Log {
    /// Each one deeper than the one before: an outer scope's trip is one of all scopes in it.
    noted: Vec<Entry>,
    /// The trip that unwinds to a boundary.
    flying: Option<Tripped>,
    /// The future that was left last because its time was over while it waited, by its address.
    left: Option<(usize, Tripped)>,
}

thread_local! {
    // Without a destructor, so that it can be read while the thread exits; `Clear` frees what it has.
    static LOG: ManuallyDrop<RefCell<Log>> = const {
        ManuallyDrop::new(RefCell::new(Log {
            noted: Vec::new(),
            flying: None,
            left: None,
        }))
    };
}

/// Empties the log when the thread exits.
struct Clear;

impl Drop for Clear {
    fn drop(&mut self) {
        LOG.with(|log| *log.borrow_mut() = Log::default());
    }
}

thread_local! {
    static CLEAR: Clear = const { Clear };
}

/// To be compared later: has anything tripped since?
#[inline(always)]
pub(crate) fn count() -> u64 {
    TRIPS.load(Ordering::Relaxed)
}

/// Notes a trip of the scope at depth `owner`.
pub(crate) fn note(owner: u32, tripped: &Tripped) {
    let number = TRIPS.fetch_add(STEP, Ordering::Relaxed) + STEP;
    // It has run already if this is a destructor of a thread-local.
    let _ = CLEAR.try_with(|_| ());
    LOG.with(|log| {
        let noted = &mut log.borrow_mut().noted;
        while noted.last().is_some_and(|last| last.owner >= owner) {
            noted.pop();
        }
        noted.push(Entry {
            owner,
            number,
            tripped: tripped.clone(),
        });
    });
}

/// The trip that was noticed after `mark`, of a scope at a depth below `bound`.
pub(crate) fn since(mark: u64, bound: u32) -> Option<Tripped> {
    LOG.with(|log| {
        let noted = &log.borrow().noted;
        let of_ours = |entry: &&Entry| entry.owner < bound && entry.number > mark;
        let found = noted.iter().rev().find(of_ours);
        found.map(|entry| entry.tripped.clone())
    })
}

/// Visits the trips noticed after `mark` that are still noted, from the outermost scope's to the innermost's,
/// each with the depth of its scope.
#[cfg(feature = "policy")]
pub(crate) fn each_since(mark: u64, mut visit: impl FnMut(u32, &Tripped)) {
    LOG.with(|log| {
        let noted = &log.borrow().noted;
        for entry in noted.iter().filter(|entry| entry.number > mark) {
            visit(entry.owner, &entry.tripped);
        }
    });
}

/// The trip that was noted last of the scope at depth `owner`, which has tripped.
pub(crate) fn of(owner: u32) -> Option<Tripped> {
    LOG.with(|log| {
        let noted = &log.borrow().noted;
        let found = noted.iter().rev().find(|entry| entry.owner == owner);
        found.map(|entry| entry.tripped.clone())
    })
}

/// Sets the trip that unwinds to a boundary.
pub(crate) fn set_flying(tripped: Option<Tripped>) {
    LOG.with(|log| log.borrow_mut().flying = tripped);
}

/// The trip because of which this thread unwinds.
pub(crate) fn flying() -> Option<Tripped> {
    LOG.with(|log| log.borrow().flying.clone())
}

/// A guarded future is polled that has its scope at this depth.
#[inline]
pub(crate) fn forget(depth: u32, task: usize) {
    if count() == 0 {
        return;
    }
    LOG.with(|log| {
        let log = &mut *log.borrow_mut();
        log.noted.retain(|entry| entry.owner < depth);
        log.left.take_if(|(left, _)| *left == task);
    });
}

/// The future is left, and dropped, because of this trip.
pub(crate) fn set_left(task: usize, tripped: &Tripped) {
    LOG.with(|log| log.borrow_mut().left = Some((task, tripped.clone())));
}

/// The trip because of which this future is dropped.
pub(crate) fn left(task: usize) -> Option<Tripped> {
    LOG.with(|log| {
        let log = log.borrow();
        let left = log.left.as_ref().filter(|(left, _)| *left == task);
        left.map(|(_, tripped)| tripped.clone())
    })
}
