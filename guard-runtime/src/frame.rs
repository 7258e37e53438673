//! Each thread's stack of open scopes.
//!
//! A stack is leaked once and lent to one thread after another, so that a reference to it needs no
//! count, and entering needs no allocation. Only its own thread writes to it; the ticker and the
//! snapshot read. `top` holds the depth and, above it, a generation that grows with every push and
//! pop: a reader who finds the same `top` before and after has read slots of one moment (a slot is
//! written with release stores after the pop that freed it, so whoever sees the new slot sees that
//! pop).

use core::cell::Cell;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::epoch::{EPOCH, GAP, MARGIN, STALE};
use crate::site::Site;

/// Scopes a thread can have open before they spill to the heap.
pub(crate) const SLOTS: u32 = 32;

/// In place of a lag: `start` is a clock reading, not a published word.
const EXACT: u64 = u64::MAX;

/// In `due`: not yet worked out.
const UNKNOWN: u64 = 0;

/// In `due`: spent by something else than time.
const SPENT: u64 = 1;

const GENERATION: u64 = 1 << 32;

/// One open scope.
pub(crate) struct Slot {
    site: AtomicU32,
    /// The slot whose deadline is the earliest, this one and those below it taken together.
    owner: AtomicU32,
    start: AtomicU64,
    limit: AtomicU64,
    lag: AtomicU64,
    /// That earliest deadline; worked out by the first check that needs it.
    due: AtomicU64,
    /// The iteration budget that was spent, if `due` is [`SPENT`].
    iterations: AtomicU64,
    /// What is left of it, where it is counted here.
    left: AtomicU64,
}

impl Slot {
    const fn new() -> Self {
        Self {
            site: AtomicU32::new(0),
            owner: AtomicU32::new(0),
            start: AtomicU64::new(0),
            limit: AtomicU64::new(0),
            lag: AtomicU64::new(0),
            due: AtomicU64::new(0),
            iterations: AtomicU64::new(0),
            left: AtomicU64::new(0),
        }
    }

    #[inline(always)]
    fn write(&self, site: u32, start: u64, limit: u64, lag: u64) {
        self.site.store(site, Ordering::Release);
        self.start.store(start, Ordering::Release);
        self.limit.store(limit, Ordering::Release);
        self.lag.store(lag, Ordering::Release);
        self.due.store(UNKNOWN, Ordering::Release);
    }

    /// This scope's own deadline. Not settled (see `epoch.rs`): it is no earlier than that.
    #[inline]
    fn deadline(&self) -> (u64, bool) {
        let (start, limit) = (
            self.start.load(Ordering::Relaxed),
            self.limit.load(Ordering::Relaxed),
        );
        let lag = self.lag.load(Ordering::Relaxed);
        let end = start.saturating_add(limit);
        if lag == EXACT || limit == u64::MAX {
            return (end, true);
        }
        let late = EPOCH.settled_lag(start).map(|now| now.saturating_sub(lag));
        (
            end.saturating_add(GAP + MARGIN)
                .saturating_add(late.unwrap_or(0)),
            late.is_some(),
        )
    }

    /// What an earlier look worked out, if one did.
    #[inline]
    fn recall(&self, earliest: &mut Earliest) -> bool {
        let due = self.due.load(Ordering::Relaxed);
        if due == UNKNOWN {
            return false;
        }
        (earliest.due, earliest.owner) = (due, self.owner.load(Ordering::Relaxed));
        true
    }

    /// Takes this scope into account, and remembers the outcome once it is final.
    #[inline]
    fn work_out(&self, index: u32, earliest: &mut Earliest) {
        let (own, settled) = self.deadline();
        earliest.settled &= settled;
        self.take_in(index, own, earliest);
    }

    #[inline]
    fn take_in(&self, index: u32, own: u64, earliest: &mut Earliest) {
        if own < earliest.due {
            (earliest.due, earliest.owner) = (own, index);
        }
        if earliest.settled {
            self.owner.store(earliest.owner, Ordering::Relaxed);
            self.due.store(earliest.due, Ordering::Relaxed);
        }
    }
}

/// The deadline that counts.
#[derive(Clone, Copy)]
pub(crate) struct Earliest {
    /// `MAX` if there is none.
    pub(crate) due: u64,
    /// The depth of the scope it belongs to.
    pub(crate) owner: u32,
    /// Otherwise it may yet move later, and has not passed.
    pub(crate) settled: bool,
}

/// The open scopes of one thread.
pub(crate) struct Stack {
    top: AtomicU64,
    slots: [Slot; SLOTS as usize],
    deep: Mutex<Vec<Slot>>,
}

/// Stands in until a thread opens its first scope. It is always full, so that the fast path needs
/// no test of its own for it.
static NOBODY: Stack = Stack::new(u32::MAX as u64);

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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    const fn new(top: u64) -> Self {
        Self {
            top: AtomicU64::new(top),
            slots: [const { Slot::new() }; SLOTS as usize],
            deep: Mutex::new(Vec::new()),
        }
    }

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
            let made: &'static Self = Box::leak(Box::new(Self::new(0)));
            lock(&ALL).push(made);
            made
        });
        STACK.set(stack);
        (stack, LEASE.try_with(|_| ()).is_err())
    }

    fn is_nobodys(&self) -> bool {
        core::ptr::eq(self, &raw const NOBODY)
    }

    /// Gives a dying thread's stack back.
    pub(crate) fn release(&'static self) {
        STACK.set(&NOBODY);
        lock(&FREE).push(self);
    }

    #[inline(always)]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the depth is the lower half"
    )]
    pub(crate) fn depth(&self) -> u32 {
        self.top.load(Ordering::Relaxed) as u32
    }

    /// Opens a scope at `depth`, which is below [`SLOTS`].
    #[inline(always)]
    pub(crate) fn push(&self, depth: u32, site: u32, start: u64, limit: u64, lag: u64) {
        self.slots[depth as usize].write(site, start, limit, lag);
        self.set_depth(depth + 1);
    }

    /// Opens a scope at any depth, its start read from the clock. Returns the deadline that counts,
    /// so that it need not be read back from slots that were written a moment ago.
    #[inline]
    pub(crate) fn push_exact(&self, site: u32, start: u64, limit: u64) -> Earliest {
        let depth = self.depth();
        let mut earliest = self.earliest();
        if depth >= SLOTS {
            let mut deep = lock(&self.deep);
            deep.truncate((depth - SLOTS) as usize);
            deep.push(Slot::new());
        }
        self.slot(depth, |slot| {
            slot.write(site, start, limit, EXACT);
            slot.take_in(depth, start.saturating_add(limit), &mut earliest);
        });
        self.set_depth(depth + 1);
        earliest
    }

    /// Leaves every scope above `depth`.
    #[inline(always)]
    pub(crate) fn set_depth(&self, depth: u32) {
        let top = self.top.load(Ordering::Relaxed);
        let generation = (top & !(GENERATION - 1)).wrapping_add(GENERATION);
        self.top
            .store(generation | u64::from(depth), Ordering::Release);
    }

    #[inline]
    fn slot<T>(&self, index: u32, read: impl FnOnce(&Slot) -> T) -> T {
        match self.slots.get(index as usize) {
            Some(slot) => read(slot),
            None => read(&lock(&self.deep)[(index - SLOTS) as usize]),
        }
    }

    /// The earliest deadline of all open scopes.
    ///
    /// Walks down to the first slot that knows and fills in those above it, so that each scope is
    /// worked out once, however many are open.
    #[inline]
    pub(crate) fn earliest(&self) -> Earliest {
        let mut earliest = Earliest {
            due: u64::MAX,
            owner: 0,
            settled: true,
        };
        if self.is_nobodys() {
            return earliest;
        }
        let depth = self.depth();
        let mut known = depth;
        while known > 0 && !self.slot(known - 1, |slot| slot.recall(&mut earliest)) {
            known -= 1;
        }
        for index in known..depth {
            self.slot(index, |slot| slot.work_out(index, &mut earliest));
        }
        earliest
    }

    /// Marks the scope at `index` as out of iterations.
    pub(crate) fn spend(&self, index: u32, limit: u64) {
        self.slot(index, |slot| {
            slot.iterations.store(limit, Ordering::Relaxed);
            slot.owner.store(index, Ordering::Relaxed);
            slot.due.store(SPENT, Ordering::Relaxed);
        });
        for above in index + 1..self.depth() {
            self.slot(above, |slot| slot.due.store(UNKNOWN, Ordering::Relaxed));
        }
        set_seen(STALE);
    }

    /// Sets the iterations that the scope at `index` may take.
    pub(crate) fn allow(&self, index: u32, limit: u64) {
        self.slot(index, |slot| {
            slot.iterations.store(limit, Ordering::Relaxed);
            slot.left.store(limit, Ordering::Relaxed);
        });
    }

    /// Takes one iteration from the scope at `index`; false, and the scope is spent, if none is left.
    pub(crate) fn take(&self, index: u32) -> bool {
        let (left, limit) = self.slot(index, |slot| {
            let left = slot.left.load(Ordering::Relaxed);
            slot.left.store(left.saturating_sub(1), Ordering::Relaxed);
            (left, slot.iterations.load(Ordering::Relaxed))
        });
        if left == 0 {
            self.spend(index, limit);
        }
        left != 0
    }

    /// The innermost open scope of the site with this number.
    pub(crate) fn nearest(&self, site: u32) -> Option<u32> {
        if self.is_nobodys() {
            return None;
        }
        (0..self.depth())
            .rev()
            .find(|&index| self.slot(index, |slot| slot.site.load(Ordering::Relaxed)) == site)
    }

    /// The site of the scope at `index`, its time limit, and its iteration limit if that is spent.
    pub(crate) fn describe(&self, index: u32) -> (&'static Site, u64, Option<u64>) {
        self.slot(index, |slot| {
            let spent = slot.due.load(Ordering::Relaxed) == SPENT;
            (
                Site::by_id(slot.site.load(Ordering::Relaxed)),
                slot.limit.load(Ordering::Relaxed),
                spent.then(|| slot.iterations.load(Ordering::Relaxed)),
            )
        })
    }
}
