//! What tripped on a thread, for cleanup that asks why its scope is left.
//!
//! Only trips write here, and only cleanup reads, so that scopes without cleanup pay nothing. A
//! record is therefore not taken back when its scope is left: whoever asks leaves out what was
//! noted before he began ([`count`]), and what belongs to scopes that were opened since (they are
//! deeper).

use core::cell::RefCell;
use core::mem::ManuallyDrop;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::trip::tripped::Tripped;

/// Trips of the process. Relaxed: one thread compares it with what the same thread noted.
static TRIPS: AtomicU64 = AtomicU64::new(0);

/// From one number to the next. Whoever notes one has the bits below for himself.
pub(crate) const STEP: u64 = 16;

struct Record {
    /// The depth of the scope that ran out.
    owner: u32,
    number: u64,
    tripped: Tripped,
}

#[derive(Default)]
struct Records {
    /// Each one deeper than the one before: an outer scope's trip is one of all scopes in it.
    noted: Vec<Record>,
    /// The trip that unwinds to a boundary.
    flying: Option<Tripped>,
    /// The future that was left last because its time was over while it waited, by its address.
    left: Option<(usize, Tripped)>,
}

thread_local! {
    // Without a destructor, so that it can be asked while the thread dies; `clear` frees what it has.
    static RECORDS: ManuallyDrop<RefCell<Records>> = const {
        ManuallyDrop::new(RefCell::new(Records {
            noted: Vec::new(),
            flying: None,
            left: None,
        }))
    };
}

/// To be compared later: has anything tripped since?
#[inline(always)]
pub(crate) fn count() -> u64 {
    TRIPS.load(Ordering::Relaxed)
}

/// Notes a trip of the scope at depth `owner`.
pub(crate) fn note(owner: u32, tripped: &Tripped) {
    let number = TRIPS.fetch_add(STEP, Ordering::Relaxed) + STEP;
    RECORDS.with(|records| {
        let noted = &mut records.borrow_mut().noted;
        while noted.last().is_some_and(|last| last.owner >= owner) {
            noted.pop();
        }
        noted.push(Record {
            owner,
            number,
            tripped: tripped.clone(),
        });
    });
}

/// The trip that was noticed after `mark`, of a scope at a depth below `bound`.
pub(crate) fn since(mark: u64, bound: u32) -> Option<Tripped> {
    RECORDS.with(|records| {
        let noted = &records.borrow().noted;
        let of_ours = |record: &&Record| record.owner < bound && record.number > mark;
        let found = noted.iter().rev().find(of_ours);
        found.map(|record| record.tripped.clone())
    })
}

/// Visits the trips noticed after `mark` that are still noted, from the outermost scope's to the innermost's,
/// each with the depth of its scope.
#[cfg(feature = "policy")]
pub(crate) fn each_since(mark: u64, mut visit: impl FnMut(u32, &Tripped)) {
    RECORDS.with(|records| {
        let noted = &records.borrow().noted;
        for record in noted.iter().filter(|record| record.number > mark) {
            visit(record.owner, &record.tripped);
        }
    });
}

/// Sets the trip that unwinds to a boundary.
pub(crate) fn set_flying(tripped: Option<Tripped>) {
    RECORDS.with(|records| records.borrow_mut().flying = tripped);
}

/// The trip because of which this thread unwinds.
pub(crate) fn flying() -> Option<Tripped> {
    RECORDS.with(|records| records.borrow().flying.clone())
}

/// A guarded future is polled that has its scope at this depth.
#[inline]
pub(crate) fn forget(depth: u32, task: usize) {
    if count() == 0 {
        return;
    }
    RECORDS.with(|records| {
        let records = &mut *records.borrow_mut();
        records.noted.retain(|record| record.owner < depth);
        records.left.take_if(|(left, _)| *left == task);
    });
}

/// The future is left, and dropped, because of this trip.
pub(crate) fn set_left(task: usize, tripped: &Tripped) {
    RECORDS.with(|records| records.borrow_mut().left = Some((task, tripped.clone())));
}

/// The trip because of which this future is dropped.
pub(crate) fn left(task: usize) -> Option<Tripped> {
    RECORDS.with(|records| {
        let records = records.borrow();
        let left = records.left.as_ref().filter(|(left, _)| *left == task);
        left.map(|(_, tripped)| tripped.clone())
    })
}

/// When the thread ends.
pub(crate) fn clear() {
    RECORDS.with(|records| *records.borrow_mut() = Records::default());
}
