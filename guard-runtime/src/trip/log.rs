//! What tripped on a thread, for cleanups that ask why their scope is left.
//!
//! Only trips write here, and only cleanups read, so that scopes without a cleanup pay nothing. Leaving a scope
//! therefore does not remove its entry. A reader ignores what was noted before it began (numbers up to its
//! [`count`]), and trips of scopes that were opened since, which are deeper.

use core::cell::RefCell;
use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::base::layout::TRIP;
use crate::trip::tripped::Tripped;

/// How many numbers were assigned. Relaxed: a thread compares it only with numbers that it noted itself, or that
/// came to it with a future.
static TRIPS: AtomicU64 = AtomicU64::new(0);

/// A trip, and its number among all trips of the process.
struct Numbered {
    number: u64,
    tripped: Tripped,
}

#[derive(Default)]
struct Log {
    /// The trips noted on this thread, each with the depth of the scope that ran out. Depths increase: the trip of
    /// an outer scope replaces those of all scopes inside it.
    noted: Vec<(u32, Numbered)>,
    /// The trip that is unwinding to a boundary.
    flying: Option<Numbered>,
    /// The guarded futures, by address, that are being left on this thread because their time ran out while they
    /// waited. The destructors of one can block on others, so there may be several.
    left: Vec<(usize, Numbered)>,
    /// The trip of a check whose function is about to leave with it.
    leaving: Option<Tripped>,
}

/// How many of [`Log::left`] are kept, the newest ones: more than destructors ever nest.
const LEFT: usize = 16;

thread_local! {
    // Without a destructor, so that it can be read while the thread exits; `Clear` frees its memory.
    static LOG: ManuallyDrop<RefCell<Log>> = const {
        ManuallyDrop::new(RefCell::new(Log {
            noted: Vec::new(),
            flying: None,
            left: Vec::new(),
            leaving: None,
        }))
    };
}

/// Frees the log when the thread exits.
struct Clear;

impl Drop for Clear {
    fn drop(&mut self) {
        let before = LOG.with(|log| log.take());
        drop(before);
    }
}

thread_local! {
    static CLEAR: Clear = const { Clear };
}

/// The next number, which no other trip has.
fn next_number() -> u64 {
    TRIPS.fetch_add(TRIP, Ordering::Relaxed) + TRIP
}

/// The number of the last trip. Compared later, it tells whether anything has tripped since.
#[inline(always)]
pub(crate) fn count() -> u64 {
    TRIPS.load(Ordering::Relaxed)
}

/// Notes a trip of the scope at depth `owner`.
pub(crate) fn note(owner: u32, tripped: &Tripped) {
    let (number, tripped) = (next_number(), tripped.clone());
    // Fails if this runs in a destructor of a thread-local, after `Clear` was dropped.
    let _ = CLEAR.try_with(|_| ());
    LOG.with(|log| {
        let noted = &mut log.borrow_mut().noted;
        while noted.last().is_some_and(|(last, _)| *last >= owner) {
            noted.pop();
        }
        noted.push((owner, Numbered { number, tripped }));
    });
}

/// The innermost trip noted after `mark` of a scope at a depth below `bound`.
pub(crate) fn since(mark: u64, bound: u32) -> Option<Tripped> {
    LOG.with(|log| {
        let noted = &log.borrow().noted;
        let of_ours = |(owner, it): &&(u32, Numbered)| *owner < bound && it.number > mark;
        let found = noted.iter().rev().find(of_ours);
        found.map(|(_, it)| it.tripped.clone())
    })
}

/// Visits the trips noticed after `mark` that are still noted, from the outermost scope's to the innermost's,
/// each with the depth of its scope.
#[cfg(feature = "policy")]
pub(crate) fn each_since(mark: u64, mut visit: impl FnMut(u32, &Tripped)) {
    LOG.with(|log| {
        let noted = &log.borrow().noted;
        for (owner, it) in noted.iter().filter(|(_, it)| it.number > mark) {
            visit(*owner, &it.tripped);
        }
    });
}

/// The last trip noted of the scope at depth `owner`, which has tripped.
pub(crate) fn of(owner: u32) -> Option<Tripped> {
    LOG.with(|log| {
        let noted = &log.borrow().noted;
        let found = noted.iter().rev().find(|(other, _)| *other == owner);
        found.map(|(_, it)| it.tripped.clone())
    })
}

/// A trip on its way to a boundary: the payload of a panic. It is in flight until this is dropped, by the boundary
/// or by whoever else catches the panic.
pub(crate) struct Flight {
    number: u64,
    pub(crate) tripped: Tripped,
}

impl Flight {
    /// Begins a flight on this thread.
    pub(crate) fn new(tripped: Tripped) -> Self {
        let number = next_number();
        let flying = Numbered {
            number,
            tripped: tripped.clone(),
        };
        LOG.with(|log| log.borrow_mut().flying = Some(flying));
        Self { number, tripped }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        LOG.with(|log| {
            let flying = &mut log.borrow_mut().flying;
            flying.take_if(|flying| flying.number == self.number)
        });
    }
}

/// The trip because of which this thread is unwinding, if its flight began after `mark`.
pub(crate) fn flying(mark: u64) -> Option<Tripped> {
    LOG.with(|log| {
        let log = log.borrow();
        let flying = log.flying.as_ref().filter(|it| it.number > mark);
        flying.map(|it| it.tripped.clone())
    })
}

/// Ends the flight for now: the panic was caught, and will be resumed later, perhaps on another thread.
pub(crate) fn stop_flying() {
    LOG.with(|log| log.borrow_mut().flying = None);
}

/// Forgets what was noted at this depth, where a guarded future that is now polled has its scope.
#[inline]
pub(crate) fn forget(depth: u32, task: usize) {
    if count() == 0 {
        return;
    }
    LOG.with(|log| {
        let log = &mut *log.borrow_mut();
        log.noted.retain(|(owner, _)| *owner < depth);
        log.left.retain(|(left, _)| *left != task);
    });
}

/// Notes that the future is left, and dropped, because of this trip.
pub(crate) fn set_left(task: usize, tripped: &Tripped) {
    let (number, tripped) = (next_number(), tripped.clone());
    LOG.with(|log| {
        let left = &mut log.borrow_mut().left;
        left.retain(|(other, _)| *other != task);
        if left.len() == LEFT {
            left.remove(0);
        }
        left.push((task, Numbered { number, tripped }));
    });
}

/// The trip because of which this future is dropped. An entry from before `mark` belongs to another future that had
/// the same address.
pub(crate) fn left(task: usize, mark: u64) -> Option<Tripped> {
    LOG.with(|log| {
        let log = log.borrow();
        let ours = |(left, it): &&(usize, Numbered)| *left == task && it.number > mark;
        let found = log.left.iter().rev().find(ours);
        found.map(|(_, it)| it.tripped.clone())
    })
}

/// Keeps the trip of a check or an entry until the way out, which follows at once: so their cold calls return one word,
/// whatever they find.
#[cold]
pub(crate) fn leave_with(tripped: Tripped) {
    let _ = CLEAR.try_with(|_| ());
    LOG.with(|log| log.borrow_mut().leaving = Some(tripped));
}

/// The trip that [`leave_with`] kept.
#[cold]
#[inline(never)]
pub(crate) fn take_leaving() -> Tripped {
    let leaving = LOG.with(|log| log.borrow_mut().leaving.take());
    leaving.expect("a check has tripped")
}
