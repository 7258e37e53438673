//! One open scope, as its thread's stack holds it, and what is kept of one that is on no stack.

use crate::base::site::{LIMITED, Site};
use crate::base::sync::{AtomicU32, AtomicU64, Ordering, const_fn};
use crate::time::epoch::Epoch;

/// In place of a lag: `start` is a clock reading, not a published word.
pub(crate) const EXACT: u64 = u64::MAX;

/// In `due`: not yet worked out.
pub(crate) const UNKNOWN: u64 = 0;

/// In `due`: spent by something else than time.
pub(crate) const SPENT: u64 = 1;

/// In the `due` of the scope it belongs to: a check has tripped by it. No deadline but `MAX` is that late.
pub(crate) const TOLD: u64 = 1 << 63;

/// In `site`: a wall, inside which the scopes below it do not count. No site has such a number.
pub(crate) const WALL: u32 = 1 << 31;

/// In `site`: `start`, `lag` and `due` are this scope's. Else they are those of another that was here
/// before, and this one's start is that of the stack.
pub(crate) const DATED: u32 = 1 << 30;

pub(crate) fn untold(due: u64) -> u64 {
    if due == u64::MAX { due } else { due & !TOLD }
}

/// When a scope ends; centuries are for ever.
#[inline]
pub(crate) fn end(start: u64, limit: u64) -> u64 {
    let end = start.saturating_add(limit);
    if end < TOLD { end } else { u64::MAX }
}

/// One open scope. On a cache line of its own, and found by a shift.
#[repr(align(64))]
pub(crate) struct Slot {
    pub(crate) site: AtomicU32,
    /// The slot whose deadline is the earliest, this one and those below it taken together.
    pub(crate) owner: AtomicU32,
    pub(crate) start: AtomicU64,
    /// Nothing yet, if all scopes of the site have one limit and this one is not dated.
    pub(crate) limit: AtomicU64,
    pub(crate) lag: AtomicU64,
    /// That earliest deadline; worked out by the first check that needs it.
    pub(crate) due: AtomicU64,
    /// The iteration budget that was spent, if `due` is [`SPENT`].
    pub(crate) iterations: AtomicU64,
    /// What is left of it, where it is counted here.
    pub(crate) left: AtomicU64,
}

impl Slot {
    const_fn! {
        pub(crate) fn new() -> Self {
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
    }

    /// A scope that is dated from the beginning.
    #[inline(always)]
    pub(crate) fn write(&self, site: u32, start: u64, limit: u64, lag: u64) {
        self.limit.store(limit, Ordering::Release);
        self.set(site, start, lag);
    }

    /// One that was not.
    #[inline]
    pub(crate) fn date(&self, site: u32, start: u64, lag: u64) {
        if site & LIMITED != 0 {
            let limit = Site::by_id(site).limit();
            self.limit.store(limit, Ordering::Release);
        }
        self.set(site, start, lag);
    }

    #[inline(always)]
    fn set(&self, site: u32, start: u64, lag: u64) {
        self.start.store(start, Ordering::Release);
        self.lag.store(lag, Ordering::Release);
        self.due.store(UNKNOWN, Ordering::Release);
        self.site.store(site | DATED, Ordering::Release);
    }

    /// Its site's number, or the kind of a wall.
    pub(crate) fn site(&self) -> u32 {
        self.site.load(Ordering::Relaxed) & !DATED
    }

    /// This scope's own deadline. Not settled (see `epoch.rs`): it is no earlier than that.
    #[inline]
    pub(crate) fn deadline(&self, epoch: &Epoch) -> (u64, bool) {
        let (start, limit) = (
            self.start.load(Ordering::Relaxed),
            self.limit.load(Ordering::Relaxed),
        );
        let lag = self.lag.load(Ordering::Relaxed);
        deadline(epoch, start, limit, lag)
    }

    #[inline]
    pub(crate) fn is_wall(&self) -> bool {
        self.site.load(Ordering::Relaxed) & WALL != 0
    }

    /// The same of a slot that may not be dated.
    #[inline]
    pub(crate) fn knows(&self, earliest: &mut Earliest) -> bool {
        self.site.load(Ordering::Relaxed) & DATED != 0 && self.recall(earliest)
    }

    /// What an earlier look worked out, if one did.
    #[inline]
    pub(crate) fn recall(&self, earliest: &mut Earliest) -> bool {
        let due = untold(self.due.load(Ordering::Relaxed));
        if due == UNKNOWN {
            return false;
        }
        (earliest.due, earliest.owner) = (due, self.owner.load(Ordering::Relaxed));
        true
    }

    /// Takes this scope into account, and remembers the outcome once it is final.
    #[inline]
    pub(crate) fn work_out(&self, epoch: &Epoch, index: u32, earliest: &mut Earliest) {
        self.take_in(index, self.deadline(epoch), earliest);
    }

    #[inline]
    pub(crate) fn take_in(&self, index: u32, (own, settled): (u64, bool), earliest: &mut Earliest) {
        // One that is not settled and comes later anyway must not hold up an outer one.
        if own < earliest.due {
            let owner = if settled { index } else { Earliest::UNSETTLED };
            *earliest = Earliest { due: own, owner };
        }
        if earliest.is_settled() {
            self.remember(*earliest);
        }
    }

    #[inline(always)]
    pub(crate) fn remember(&self, earliest: Earliest) {
        self.owner.store(earliest.owner, Ordering::Release);
        self.due.store(earliest.due, Ordering::Release);
    }
}

/// The deadline that counts. Two numbers, so that it is handed over in registers.
#[derive(Clone, Copy)]
pub(crate) struct Earliest {
    /// `MAX` if there is none.
    pub(crate) due: u64,
    /// The depth of the scope it belongs to; [`UNSETTLED`](Self::UNSETTLED) while it may yet move later,
    /// and has not passed.
    pub(crate) owner: u32,
}

impl Earliest {
    pub(crate) const NONE: Self = Self {
        due: u64::MAX,
        owner: 0,
    };

    pub(crate) const UNSETTLED: u32 = u32::MAX;

    /// This one or that of the scope at `depth`, which is settled.
    #[inline(always)]
    pub(crate) fn or(self, depth: u32, due: u64) -> Self {
        if due < self.due {
            Self { due, owner: depth }
        } else {
            self
        }
    }

    pub(crate) fn is_settled(self) -> bool {
        self.owner != Self::UNSETTLED
    }
}

/// What is kept of a scope that is open and on no stack: that of an async function between two polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) start: u64,
    pub(crate) limit: u64,
    pub(crate) lag: u64,
}

impl Saved {
    #[cfg(all(test, guard_loom))]
    pub(crate) fn parts(&self) -> [u64; 3] {
        [self.start, self.limit, self.lag]
    }

    #[cfg(all(test, not(guard_loom)))]
    pub(crate) fn from_parts([start, limit, lag]: [u64; 3]) -> Self {
        Self { start, limit, lag }
    }

    /// Its own deadline, and whether that is final.
    pub(crate) fn deadline(&self, epoch: &Epoch) -> (u64, bool) {
        deadline(epoch, self.start, self.limit, self.lag)
    }

    /// When it began, at the latest, if it knows.
    pub(crate) fn start(&self, epoch: &Epoch) -> Option<u64> {
        let known = self.start != 0;
        known.then(|| start(epoch, self.start, self.lag).0)
    }
}

/// When a scope began, at the latest, and whether that is final (see `epoch.rs`).
#[inline]
fn start(epoch: &Epoch, start: u64, lag: u64) -> (u64, bool) {
    if lag == EXACT {
        (start, true)
    } else {
        epoch.latest_start(lag, start)
    }
}

#[inline]
fn deadline(epoch: &Epoch, from: u64, limit: u64, lag: u64) -> (u64, bool) {
    if limit == u64::MAX {
        return (u64::MAX, true);
    }
    let (from, settled) = start(epoch, from, lag);
    (end(from, limit), settled)
}
