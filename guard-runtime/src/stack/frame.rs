//! One open scope: its frame on a thread's stack, and what is saved of it while it is on no stack.

use crate::base::layout::{
    DATED, EXACT, LIMITED, SHARED, SHIELD, TOLD, UNKNOWN, WALL, end, is_exact, untold,
};
use crate::base::site::Site;
use crate::base::sync::{AtomicU32, AtomicU64, Ordering, const_fn};
use crate::time::epoch::Epoch;

/// One open scope. [`layout`](crate::base::layout) defines the bits of its words.
pub(crate) struct Frame {
    /// The number of its site, or the kind of a wall. These words lie in a row of their own: most pushes write nothing
    /// else, and the address of a small word takes no instruction of its own.
    pub(crate) site: &'static AtomicU32,
    /// The index of the frame that `due` is the deadline of.
    pub(crate) owner: AtomicU32,
    /// When the scope began: a clock reading or, with a lag, an epoch.
    pub(crate) start: AtomicU64,
    /// The time limit. Not written while the site is limited and the frame is not dated.
    pub(crate) limit: AtomicU64,
    pub(crate) lag: AtomicU64,
    /// The earliest deadline of this frame and those below it. The first check that needs it computes it.
    pub(crate) due: AtomicU64,
    /// The iteration limit.
    pub(crate) iterations: AtomicU64,
    /// The iterations left, where closures count too.
    pub(crate) left: AtomicU64,
    /// The mark of a scope that is shared with other threads.
    pub(crate) shared: AtomicU64,
}

impl Frame {
    const_fn! {
        pub(crate) fn new(site: &'static AtomicU32) -> Self {
            Self {
                site,
                owner: AtomicU32::new(0),
                start: AtomicU64::new(0),
                limit: AtomicU64::new(0),
                lag: AtomicU64::new(0),
                due: AtomicU64::new(0),
                iterations: AtomicU64::new(0),
                left: AtomicU64::new(0),
                shared: AtomicU64::new(0),
            }
        }
    }

    /// Copies another frame of the same thread into this one, which nobody reads yet.
    pub(crate) fn copy(&self, other: &Self) {
        let copy_32 = |to: &AtomicU32, from: &AtomicU32| {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        };
        let copy_64 = |to: &AtomicU64, from: &AtomicU64| {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        };
        copy_32(self.site, other.site);
        copy_32(&self.owner, &other.owner);
        copy_64(&self.start, &other.start);
        copy_64(&self.limit, &other.limit);
        copy_64(&self.lag, &other.lag);
        copy_64(&self.due, &other.due);
        copy_64(&self.iterations, &other.iterations);
        copy_64(&self.left, &other.left);
        copy_64(&self.shared, &other.shared);
    }

    /// Writes a frame that is dated from the beginning.
    #[inline(always)]
    pub(crate) fn write(&self, site: u32, start: u64, limit: u64, lag: u64) {
        self.limit.store(limit, Ordering::Release);
        self.set(site, start, lag);
    }

    /// Like [`write`](Self::write), if the start is a clock reading and the earliest deadline is known.
    #[inline(always)]
    pub(crate) fn write_known(&self, site: u32, start: u64, limit: u64, earliest: Earliest) {
        self.limit.store(limit, Ordering::Release);
        self.start.store(start, Ordering::Release);
        self.lag.store(EXACT, Ordering::Release);
        self.remember(earliest);
        self.site.store(site | DATED, Ordering::Release);
    }

    /// Dates a frame that was not dated.
    #[inline]
    pub(crate) fn date(&self, start: u64, lag: u64) {
        let site = self.site.load(Ordering::Relaxed);
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

    /// The number of its site, or the kind of a wall.
    pub(crate) fn site(&self) -> u32 {
        self.site.load(Ordering::Relaxed) & !(DATED | SHARED)
    }

    /// What is needed to open the scope again. The frame must be dated.
    pub(crate) fn save(&self) -> Saved {
        Saved {
            start: self.start.load(Ordering::Relaxed),
            limit: self.limit.load(Ordering::Relaxed),
            lag: self.lag.load(Ordering::Relaxed),
        }
    }

    /// Replaces the start with a clock reading.
    pub(crate) fn set_start(&self, now: u64) {
        self.start.store(now, Ordering::Release);
        if !is_exact(self.lag.load(Ordering::Relaxed)) {
            self.lag.store(EXACT, Ordering::Release);
        }
    }

    /// Makes the scope's own deadline the earliest, ignoring the frames below. The frame is at `index`, and its
    /// start is exact.
    #[cfg(feature = "tokio")]
    pub(crate) fn settle_alone(&self, index: u32) {
        let due = self.due.load(Ordering::Relaxed);
        let told = if due == u64::MAX { 0 } else { due & TOLD };
        let Saved { start, limit, .. } = self.save();
        self.remember(Earliest {
            due: end(start, limit) | told,
            owner: index,
        });
    }

    /// This scope's own deadline, and whether it is settled. Until then it may still move later (see `epoch.rs`).
    #[inline]
    pub(crate) fn deadline(&self, epoch: &Epoch) -> (u64, bool) {
        self.save().deadline(epoch)
    }

    #[inline(always)]
    pub(crate) fn is_dated(&self) -> bool {
        self.site.load(Ordering::Relaxed) & DATED != 0
    }

    /// Whether the scope is marked as tripped.
    pub(crate) fn is_told(&self) -> bool {
        let due = self.due.load(Ordering::Relaxed);
        self.is_dated() && due != u64::MAX && due & TOLD != 0
    }

    /// Whether it is the wall of a shield.
    pub(crate) fn is_shield(&self) -> bool {
        let site = self.site.load(Ordering::Relaxed);
        site & !(DATED | LIMITED | SHARED) == SHIELD
    }

    #[inline]
    pub(crate) fn is_wall(&self) -> bool {
        self.site.load(Ordering::Relaxed) & WALL != 0
    }

    /// Like [`recall`](Self::recall), for a frame that may not be dated.
    #[inline]
    pub(crate) fn knows(&self, earliest: &mut Earliest) -> bool {
        self.is_dated() && self.recall(earliest)
    }

    /// Reads the earliest deadline into `earliest`, if an earlier check has computed it.
    #[inline]
    pub(crate) fn recall(&self, earliest: &mut Earliest) -> bool {
        let due = untold(self.due.load(Ordering::Relaxed));
        if due == UNKNOWN {
            return false;
        }
        (earliest.due, earliest.owner) = (due, self.owner.load(Ordering::Relaxed));
        true
    }

    /// Includes this scope's deadline in `earliest`, and stores the result once it is final.
    #[inline]
    pub(crate) fn work_out(&self, epoch: &Epoch, index: u32, earliest: &mut Earliest) {
        self.take_in(index, self.deadline(epoch), earliest);
    }

    #[inline]
    pub(crate) fn take_in(&self, index: u32, (own, settled): (u64, bool), earliest: &mut Earliest) {
        // A later deadline that is not settled must not delay the settling of an outer one.
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

/// The earliest deadline. Two numbers, so that it is passed in registers.
#[derive(Clone, Copy)]
pub(crate) struct Earliest {
    /// `MAX` if there is none.
    pub(crate) due: u64,
    /// The index of the scope it belongs to; [`UNSETTLED`](Self::UNSETTLED) while it may still move later, in which
    /// case it has not passed.
    pub(crate) owner: u32,
}

impl Earliest {
    pub(crate) const NONE: Self = Self {
        due: u64::MAX,
        owner: 0,
    };

    pub(crate) const UNSETTLED: u32 = u32::MAX;

    /// The earlier of this and the settled deadline `due` of the scope at `depth`.
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

/// What is saved of an open scope that is on no stack: the scope of an async function between two polls.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) start: u64,
    pub(crate) limit: u64,
    pub(crate) lag: u64,
}

impl Saved {
    #[cfg(test)]
    pub(crate) fn from_parts([start, limit, lag]: [u64; 3]) -> Self {
        Self { start, limit, lag }
    }

    /// Its own deadline, and whether that is final.
    #[inline]
    pub(crate) fn deadline(&self, epoch: &Epoch) -> (u64, bool) {
        if self.limit == u64::MAX {
            return (u64::MAX, true);
        }
        let (start, settled) = start(epoch, self.start, self.lag);
        (end(start, self.limit), settled)
    }

    /// The same scope with its start as a moment, if that is final: later it might not be computable, since old lag
    /// is forgotten. And its own deadline.
    #[inline]
    pub(crate) fn settled(self, epoch: &Epoch) -> (Self, u64) {
        if self.limit == u64::MAX {
            return (self, u64::MAX);
        }
        let (start, settled) = start(epoch, self.start, self.lag);
        let due = end(start, self.limit);
        if settled && !is_exact(self.lag) {
            let lag = EXACT;
            (Self { start, lag, ..self }, due)
        } else {
            (self, due)
        }
    }

    /// An upper bound of its start, if one is known.
    pub(crate) fn start(&self, epoch: &Epoch) -> Option<u64> {
        let known = self.start != 0;
        known.then(|| start(epoch, self.start, self.lag).0)
    }
}

/// An upper bound of a scope's start, and whether it is final (see `epoch.rs`).
#[inline]
fn start(epoch: &Epoch, start: u64, lag: u64) -> (u64, bool) {
    if is_exact(lag) {
        (start, true)
    } else {
        epoch.latest_start(lag, start)
    }
}
