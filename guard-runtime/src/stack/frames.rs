//! The stack of one thread's open scopes.
//!
//! Only its own thread writes to it; the ticker and the snapshot read, with acquire loads what is
//! written by release stores.
//!
//! Entering writes no more than what no other place knows: the site, and the limit if that is not the
//! site's own. The start is that of all scopes which the thread opened under the same word:
//! [`Stack::entry`]. Before that changes, and before anything else is done with them, the open ones are
//! *dated*: theirs is written beside them.
//!
//! A push writes its slot and then raises the depth; a pop is no more than the store of a depth. A push
//! that writes more than the site counts itself before. What that is good for is in `reading.rs`.

use std::thread::Thread;

use crate::base::reentry;
use crate::base::sync::{AtomicU32, AtomicU64, Mutex, Ordering, const_fn, lock};
use crate::stack::slot::{DATED, EXACT, SPENT, Slot, TOLD, UNKNOWN, end, untold};
use crate::stack::slot::{Earliest, Saved};
use crate::time::epoch::{Epoch, PARKED, STALE};

/// Scopes a thread can have open before they spill to the heap.
pub(crate) const SLOTS: u32 = if cfg!(guard_loom) { 1 } else { 32 };

/// The depth of a stack without a scope.
pub(crate) const EMPTY: u32 = 0;

/// The depth of the stack that stands in where there is none.
pub(crate) const NOBODYS: u32 = u32::MAX;

/// Instead of [`EMPTY`]: somebody is about to open a scope.
pub(crate) const LENT: u32 = 1 << 30;

/// In the entry word: no scope may open under it for now. The epoch never has such a word, since it
/// grows by more than this bit.
pub(crate) const HIDDEN: u64 = PARKED;

/// The open scopes of one thread.
pub(crate) struct Stack {
    pub(crate) depth: AtomicU32,
    /// The pushes that wrote more than a site.
    pub(crate) pushes: AtomicU64,
    /// The word under which scopes open without a look at the clock; stale if none may.
    pub(crate) entry: AtomicU64,
    /// The lag when that word was loaded, or later if another word has been there since.
    pub(crate) lag: AtomicU64,
    pub(crate) slots: [Slot; SLOTS as usize],
    pub(crate) deep: Mutex<Vec<Slot>>,
    /// Whose it is.
    pub(crate) thread: Mutex<Option<Thread>>,
}

impl Stack {
    const_fn! {
        pub(crate) fn new(depth: u32) -> Self {
            Self {
                depth: AtomicU32::new(depth),
                pushes: AtomicU64::new(0),
                entry: AtomicU64::new(STALE),
                lag: AtomicU64::new(0),
                #[cfg(not(guard_loom))]
                slots: [const { Slot::new() }; SLOTS as usize],
                #[cfg(guard_loom)]
                slots: core::array::from_fn(|_| Slot::new()),
                deep: Mutex::new(Vec::new()),
                thread: Mutex::new(None),
            }
        }
    }

    pub(crate) fn is_nobodys(&self) -> bool {
        self.room() == NOBODYS
    }

    /// Whether no scope is open, and nobody is about to open one.
    pub(crate) fn is_free(&self) -> bool {
        self.depth.load(Ordering::Acquire) == EMPTY
    }

    /// Somebody will open a scope. Leaving that makes it free again.
    pub(crate) fn lend(&self) {
        self.set_depth(LENT);
    }

    #[inline(always)]
    pub(crate) fn depth(&self) -> u32 {
        self.room() & !LENT
    }

    /// The scopes that are open.
    #[inline(always)]
    pub(crate) fn how_many(&self) -> u32 {
        let depth = self.room();
        if depth == NOBODYS { 0 } else { depth & !LENT }
    }

    /// The depth, where it is below [`SLOTS`].
    #[inline(always)]
    pub(crate) fn room(&self) -> u32 {
        self.depth.load(Ordering::Relaxed)
    }

    /// See the field.
    #[inline(always)]
    pub(crate) fn entry(&self) -> u64 {
        self.entry.load(Ordering::Relaxed)
    }

    /// Hides the entry word, which this is: open scopes stay as they are, and none opens as usual.
    #[inline(always)]
    pub(crate) fn hide(&self, word: u64) {
        self.entry.store(word | HIDDEN, Ordering::Release);
    }

    /// Ends that; false if it is over already.
    #[inline(always)]
    pub(crate) fn reveal(&self, word: u64) -> bool {
        let hidden = self.entry() == word | HIDDEN;
        if hidden {
            self.entry.store(word, Ordering::Release);
        }
        hidden
    }

    /// The word that is hidden.
    #[inline(always)]
    pub(crate) fn hidden(&self) -> Option<u64> {
        let entry = self.entry();
        (entry & HIDDEN != 0).then_some(entry & !HIDDEN)
    }

    pub(crate) fn lag(&self) -> u64 {
        self.lag.load(Ordering::Relaxed)
    }

    /// From now on scopes open under this word, or under none if it is stale. The lag is that which was
    /// loaded before the word; none if the word is stale, or was here before: if another was here since,
    /// this one is not the epoch's any more, and no scope will open under it.
    pub(crate) fn admit(&self, word: u64, lag: Option<u64>) {
        self.date_open();
        self.lag.store(lag.unwrap_or(self.lag()), Ordering::Release);
        self.entry.store(word, Ordering::Release);
    }

    /// Dates the open scopes. Those that are dated lie below those that are not.
    #[inline(always)]
    fn date_open(&self) {
        self.date_below(self.depth());
    }

    // The depth is handed on where it is known: no two loads of an atomic are made one.
    #[inline(always)]
    fn date_below(&self, depth: u32) {
        let top = self.slots.get(depth.wrapping_sub(1) as usize);
        if top.is_none_or(|slot| slot.site.load(Ordering::Relaxed) & DATED == 0) {
            self.date_undated();
        }
    }

    #[inline(never)]
    fn date_undated(&self) {
        for slot in self.slots.iter().take(self.depth() as usize).rev() {
            let site = slot.site.load(Ordering::Relaxed);
            if site & DATED != 0 {
                break;
            }
            slot.date(site, self.entry() & !HIDDEN, self.lag());
        }
    }

    /// Opens a scope under the [`entry`](Self::entry) word, at the depth that was just read, which is
    /// below [`SLOTS`].
    #[inline(always)]
    pub(crate) fn push(&self, depth: u32, site: u32, limit: u64) {
        let slot = &self.slots[(depth % SLOTS) as usize];
        self.count();
        slot.limit.store(limit, Ordering::Release);
        slot.site.store(site, Ordering::Release);
        self.set_depth(depth + 1);
    }

    /// The same, if the site knows the limit.
    #[inline(always)]
    pub(crate) fn push_limited(&self, depth: u32, site: u32) {
        let slot = &self.slots[(depth % SLOTS) as usize];
        slot.site.store(site, Ordering::Release);
        self.set_depth(depth + 1);
    }

    #[inline(always)]
    fn count(&self) {
        let pushes = self.pushes.load(Ordering::Relaxed);
        self.pushes.store(pushes.wrapping_add(1), Ordering::Release);
    }

    /// Opens a scope at any depth, its start read from the clock. Returns the deadline that counts,
    /// so that it need not be read back from slots that were written a moment ago.
    #[inline]
    pub(crate) fn push_exact(
        &self,
        depth: u32,
        epoch: &Epoch,
        site: u32,
        start: u64,
        limit: u64,
    ) -> Earliest {
        let around = self.earliest_below(depth, epoch);
        self.push_beside(depth, around, site, start, limit)
    }

    /// The same below [`SLOTS`], where it is known which deadline will be the earliest.
    #[inline(always)]
    pub(crate) fn push_known(
        &self,
        depth: u32,
        site: u32,
        (start, limit): (u64, u64),
        earliest: Earliest,
    ) {
        let slot = &self.slots[(depth % SLOTS) as usize];
        self.count();
        slot.write(site, start, limit, EXACT);
        slot.remember(earliest);
        self.set_depth(depth + 1);
    }

    /// The same as [`push_exact`](Self::push_exact) for a wall: nothing else counts.
    pub(crate) fn push_wall(&self, kind: u32, start: u64, limit: u64) {
        self.push_beside(self.depth(), Earliest::NONE, kind, start, limit);
    }

    #[inline]
    fn push_beside(
        &self,
        depth: u32,
        mut earliest: Earliest,
        site: u32,
        start: u64,
        limit: u64,
    ) -> Earliest {
        self.open(depth, move |slot| {
            slot.write(site, start, limit, EXACT);
            slot.take_in(depth, (end(start, limit), true), &mut earliest);
            earliest
        })
    }

    // Inlined for good: what is written came in registers, and would go through memory.
    #[inline(always)]
    fn open<T>(&self, depth: u32, write: impl FnOnce(&Slot) -> T) -> T {
        self.date_below(depth);
        self.count();
        let written = match self.slots.get(depth as usize) {
            Some(slot) => write(slot),
            None => {
                self.make_room(depth);
                self.slot(depth, write)
            }
        };
        self.set_depth(depth + 1);
        written
    }

    #[cold]
    fn make_room(&self, depth: u32) {
        reentry::bar(|| {
            let mut deep = lock(&self.deep);
            deep.truncate((depth - SLOTS) as usize);
            deep.push(Slot::new());
        });
    }

    /// Whether the innermost scope may have a time limit below `limit`, which is one from which scopes open
    /// without a clock read: those are dated later, and the others at once.
    #[cfg(feature = "policy")]
    #[inline]
    pub(crate) fn is_short(&self, limit: u64) -> bool {
        let Some(top) = self.how_many().checked_sub(1) else {
            return false;
        };
        self.slots.get(top as usize).is_none_or(|slot| {
            slot.site.load(Ordering::Relaxed) & DATED != 0
                && slot.limit.load(Ordering::Relaxed) < limit
        })
    }

    /// What has to be kept of the scope at `index` to open it again.
    #[inline]
    pub(crate) fn save(&self, index: u32) -> Saved {
        self.date_open();
        self.slot(index, |slot| Saved {
            start: slot.start.load(Ordering::Relaxed),
            limit: slot.limit.load(Ordering::Relaxed),
            lag: slot.lag.load(Ordering::Relaxed),
        })
    }

    /// Opens a scope again, on this stack or another one.
    #[inline]
    pub(crate) fn resume(&self, site: u32, saved: &Saved) {
        let Saved { start, limit, lag } = *saved;
        self.open(self.depth(), move |slot| {
            slot.write(site, start, limit, lag);
        });
    }

    /// Whether the scope at `index` is out of iterations, what is left of them, and of how many.
    pub(crate) fn allowance(&self, index: u32) -> (bool, u64, u64) {
        self.date_open();
        self.slot(index, |slot| {
            (
                untold(slot.due.load(Ordering::Relaxed)) == SPENT,
                slot.left.load(Ordering::Relaxed),
                slot.iterations.load(Ordering::Relaxed),
            )
        })
    }

    /// Sets what is left of them.
    pub(crate) fn leave(&self, index: u32, left: u64) {
        self.slot(index, |slot| slot.left.store(left, Ordering::Release));
    }

    /// The word that the scope at `index` began with, if it read no clock.
    #[cfg(feature = "tokio")]
    pub(crate) fn word(&self, index: u32) -> Option<u64> {
        self.date_open();
        self.slot(index, |slot| {
            let timed = slot.limit.load(Ordering::Relaxed) != u64::MAX;
            let exact = slot.lag.load(Ordering::Relaxed) == EXACT;
            (timed && !exact).then(|| slot.start.load(Ordering::Relaxed))
        })
    }

    /// The scope at `index`, the innermost, began at this time.
    #[cfg(feature = "tokio")]
    pub(crate) fn start(&self, index: u32, now: u64) {
        self.date_open();
        self.slot(index, |slot| {
            slot.start.store(now, Ordering::Release);
            slot.lag.store(EXACT, Ordering::Release);
            if untold(slot.due.load(Ordering::Relaxed)) != SPENT {
                slot.due.store(UNKNOWN, Ordering::Release);
            }
        });
    }

    /// From now on the scope at `base` and those above it live in another time than those below, which
    /// count no more. In that time it is `now`, and was already when they were opened; unless they
    /// know better.
    #[cfg(feature = "tokio")]
    pub(crate) fn part(&self, base: u32, now: u64) {
        self.date_open();
        for index in base..self.depth() {
            self.slot(index, |slot| {
                if slot.lag.load(Ordering::Relaxed) != EXACT {
                    slot.start.store(now, Ordering::Release);
                    slot.lag.store(EXACT, Ordering::Release);
                }
                let due = slot.due.load(Ordering::Relaxed);
                if untold(due) == SPENT {
                    return;
                }
                if index == base {
                    // A deadline that is known ends the search for an earlier one.
                    let (start, limit) = (
                        slot.start.load(Ordering::Relaxed),
                        slot.limit.load(Ordering::Relaxed),
                    );
                    let told = if due == u64::MAX { 0 } else { due & TOLD };
                    slot.owner.store(base, Ordering::Release);
                    slot.due.store(end(start, limit) | told, Ordering::Release);
                } else {
                    slot.due.store(UNKNOWN, Ordering::Release);
                }
            });
        }
    }

    /// Leaves every scope above `depth`.
    #[inline(always)]
    pub(crate) fn set_depth(&self, depth: u32) {
        self.depth.store(depth, Ordering::Release);
    }

    /// Leaves every scope, and is nobody's any more.
    pub(crate) fn clear(&self) {
        self.set_depth(0);
        self.entry.store(STALE, Ordering::Release);
    }

    #[inline]
    fn slot<T>(&self, index: u32, read: impl FnOnce(&Slot) -> T) -> T {
        match self.slots.get(index as usize) {
            Some(slot) => read(slot),
            None => read(&lock(&self.deep)[(index - SLOTS) as usize]),
        }
    }

    /// The earliest deadline of all open scopes.
    #[inline(always)]
    pub(crate) fn earliest(&self, epoch: &Epoch) -> Earliest {
        self.earliest_below(self.how_many(), epoch)
    }

    #[inline(always)]
    fn earliest_below(&self, depth: u32, epoch: &Epoch) -> Earliest {
        self.known_below(depth).unwrap_or_else(|| self.walk(epoch))
    }

    /// The same, if it is worked out.
    #[inline(always)]
    pub(crate) fn known_below(&self, depth: u32) -> Option<Earliest> {
        let mut earliest = Earliest::NONE;
        let slot = self.slots.get(depth.wrapping_sub(1) as usize);
        let known = depth == 0 || slot.is_some_and(|slot| slot.knows(&mut earliest));
        known.then_some(earliest)
    }

    /// Walks down to the first slot that knows, or to a wall, and fills in those above it, so that
    /// each scope is worked out once, however many are open.
    #[inline(never)]
    fn walk(&self, epoch: &Epoch) -> Earliest {
        self.date_open();
        let mut earliest = Earliest::NONE;
        let depth = self.depth();
        let mut known = depth;
        while known > 0 {
            let below = |slot: &Slot| (slot.recall(&mut earliest), slot.is_wall());
            let (recalled, wall) = self.slot(known - 1, below);
            if recalled {
                break;
            }
            known -= 1;
            if wall {
                break;
            }
        }
        for index in known..depth {
            self.slot(index, |slot| slot.work_out(epoch, index, &mut earliest));
        }
        earliest
    }

    /// The deadline of the wall at `index`, if a look has worked it out: the last word of it, which it
    /// would not be if it were worked out again.
    pub(crate) fn settled_deadline(&self, index: u32) -> Option<u64> {
        let due = self.slot(index, |slot| slot.due.load(Ordering::Relaxed));
        (due != UNKNOWN).then(|| untold(due))
    }

    /// Whether a wall stands above the scope at `index`.
    pub(crate) fn is_walled(&self, index: u32) -> bool {
        (index + 1..self.depth()).any(|above| self.slot(above, Slot::is_wall))
    }

    /// Marks the scope at `index` as out of iterations; true if it was not yet.
    pub(crate) fn spend(&self, index: u32, limit: u64) -> bool {
        self.date_open();
        let first = self.slot(index, |slot| {
            if untold(slot.due.load(Ordering::Relaxed)) == SPENT {
                return false;
            }
            slot.iterations.store(limit, Ordering::Release);
            slot.owner.store(index, Ordering::Release);
            slot.due.store(SPENT, Ordering::Release);
            true
        });
        if first {
            for above in index + 1..self.depth() {
                self.slot(above, |slot| slot.due.store(UNKNOWN, Ordering::Release));
            }
        }
        first
    }

    /// The innermost scope, its site's number and its time limit.
    #[cfg(feature = "testing")]
    pub(crate) fn innermost(&self) -> Option<(u32, u32, u64)> {
        let index = self.depth().checked_sub(1).filter(|_| !self.is_nobodys())?;
        let (site, limit, _) = self.describe(index);
        Some((index, site, limit))
    }

    /// Has the time of the innermost scope end at `due`, which has passed.
    #[cfg(feature = "testing")]
    pub(crate) fn expire(&self, index: u32, due: u64) {
        self.date_open();
        self.slot(index, |slot| {
            slot.owner.store(index, Ordering::Release);
            slot.due.store(due, Ordering::Release);
        });
    }

    /// Marks the scope at `index`, whose deadline has passed; true the first time.
    pub(crate) fn tell(&self, index: u32) -> bool {
        self.date_open();
        self.slot(index, |slot| {
            let due = slot.due.load(Ordering::Relaxed);
            slot.due.store(due | TOLD, Ordering::Release);
            due & TOLD == 0
        })
    }

    /// Sets the iterations that the scope at `index` may take.
    pub(crate) fn allow(&self, index: u32, limit: u64) {
        if self.is_nobodys() {
            return;
        }
        self.slot(index, |slot| {
            slot.iterations.store(limit, Ordering::Release);
            slot.left.store(limit, Ordering::Release);
        });
    }

    /// Takes one iteration from the scope at `index`; if none is left, the limit, with which the
    /// scope is then to be spent.
    pub(crate) fn take(&self, index: u32) -> Result<(), u64> {
        self.slot(index, |slot| {
            let left = slot.left.load(Ordering::Relaxed);
            slot.left.store(left.saturating_sub(1), Ordering::Release);
            if left == 0 {
                Err(slot.iterations.load(Ordering::Relaxed))
            } else {
                Ok(())
            }
        })
    }

    /// The innermost open scope of the site with this number.
    pub(crate) fn nearest(&self, site: u32) -> Option<u32> {
        if self.is_nobodys() {
            return None;
        }
        (0..self.depth())
            .rev()
            .find(|&index| self.slot(index, Slot::site) == site)
    }

    /// The number of the site of the scope at `index`, its time limit, and its iteration limit if that is spent.
    pub(crate) fn describe(&self, index: u32) -> (u32, u64, Option<u64>) {
        self.date_open();
        self.slot(index, |slot| {
            let spent = untold(slot.due.load(Ordering::Relaxed)) == SPENT;
            (
                slot.site(),
                slot.limit.load(Ordering::Relaxed),
                spent.then(|| slot.iterations.load(Ordering::Relaxed)),
            )
        })
    }
}

#[cfg(all(test, not(guard_loom)))]
mod tests {
    use super::{EMPTY, Stack};
    use crate::time::epoch::Epoch;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_long_scope_that_is_not_settled_does_not_hold_up_a_short_one_around_it() {
        let (epoch, stack) = (Epoch::new(), Stack::new(EMPTY));
        let word = epoch.tick(SECOND, false);
        epoch.settle(epoch.word(), word, SECOND);
        stack.push_exact(0, &epoch, 1, SECOND, 5);
        stack.admit(word, Some(0));
        stack.push(stack.depth(), 2, 3600 * SECOND);
        let earliest = stack.earliest(&epoch);
        assert_eq!((earliest.due, earliest.owner), (SECOND + 5, 0));
        assert!(earliest.is_settled());
    }

    #[test]
    fn a_long_scope_alone_is_final_once_the_gap_after_its_word_is_counted() {
        let (epoch, stack) = (Epoch::new(), Stack::new(EMPTY));
        let word = epoch.tick(SECOND, false);
        epoch.settle(epoch.word(), word, SECOND);
        stack.admit(word, Some(0));
        stack.push(stack.depth(), 1, 10 * SECOND);
        let bound = stack.earliest(&epoch);
        assert!(!bound.is_settled() && bound.due >= 11 * SECOND);
        let next = epoch.tick(3 * SECOND, false);
        epoch.settle(word, next, 4 * SECOND);
        let earliest = stack.earliest(&epoch);
        assert!(
            earliest.is_settled() && earliest.due >= 14 * SECOND,
            "the start may have been at 4 s"
        );
    }
}
