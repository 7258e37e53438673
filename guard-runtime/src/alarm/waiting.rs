//! Scopes of async functions that wait: who they are, and who is to be woken when.
//!
//! A scope is listed here from its first `Pending` until it is left. Its alarm goes to the ticker;
//! inside a tokio runtime of one thread it is a timer of that runtime instead (`timer.rs` says why).
//!
//! **No alarm is forgotten.** A thread puts the alarm into the list and then asks the ticker for a tick
//! at that time. The ticker plans its next tick and then looks through the list for an earlier time.
//! If it misses the alarm, the lock of the list orders its plan before the asking, which lowers it.
//!
//! **No waker is forgotten.** Alarm and waker change under the lock of the list alone, and an alarm
//! that has rung says so there.
//!
//! **No scope is seen twice, or not at all.** It goes from a stack into the list and back under the lock
//! of the list.

use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Waker};

use crate::alarm::list::{List, NEVER, NONE, Record};
use crate::base::site::Site;
use crate::base::sync::{Mutex, lock};
use crate::stack::slot::Saved;
use crate::time::epoch::{EPOCH, PARKED};
use crate::time::ticker;

/// Alarms within so many nanoseconds ring together, at the end of them: a power of two.
const GRAIN: u64 = 1 << 17;

/// Those that are further away, within this part of the time until then: under 1 % of it.
const PART: u64 = 256;

/// Lists, so that threads seldom meet.
const SHARDS: u32 = 8;

/// Alarms that ring under one lock.
const BATCH: usize = 256;

static LISTS: [Mutex<List>; SHARDS as usize] = [const { Mutex::new(List::new()) }; SHARDS as usize];

thread_local! {
    /// The list of what waits first on this thread.
    static SHARD: NonZeroU32 = {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        NonZeroU32::MIN.saturating_add(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS)
    };
}

/// One scope's place in a list.
pub(crate) struct Waiting {
    /// From 1, so that one that does not wait yet is no larger.
    shard: NonZeroU32,
    index: u32,
    #[cfg(feature = "tokio")]
    timer: Option<crate::alarm::timer::Timer>,
}

impl Waiting {
    /// The scope begins to wait, and `leave` takes it from the stack; has the task woken once the time
    /// `due` has passed, or very soon after.
    pub(crate) fn new(
        site: &'static Site,
        saved: Saved,
        due: u64,
        context: &mut Context<'_>,
        leave: impl FnOnce(),
    ) -> Self {
        let mut this = Self {
            shard: SHARD.with(|shard| *shard),
            index: NONE,
            #[cfg(feature = "tokio")]
            timer: None,
        };
        let at = this.alarm(due, context);
        // Not under a lock: it is code of an executor.
        let waker = (at != NEVER).then(|| context.waker().clone());
        let mut list = lock(this.list());
        this.index = list.add(site, saved);
        leave();
        if let Some(waker) = waker {
            list.set(this.index, at, waker);
            drop(list);
            ask(at);
        }
        this
    }

    fn list(&self) -> &'static Mutex<List> {
        &LISTS[self.shard.get() as usize - 1]
    }

    /// From now on it is on the stack of a thread, where `open` opens it as it was saved.
    #[inline]
    pub(crate) fn run(&self, open: impl FnOnce(&Saved)) -> Saved {
        let mut list = lock(self.list());
        let entry = list.entry(self.index);
        entry.running = true;
        open(&entry.saved);
        entry.saved
    }

    /// Whether its timer says that the deadline has passed, by the clock of the timer's runtime.
    #[inline]
    #[cfg_attr(
        not(feature = "tokio"),
        allow(clippy::unused_self, reason = "there is but one time")
    )]
    pub(crate) fn has_fired(&self) -> bool {
        #[cfg(feature = "tokio")]
        return (self.timer.as_ref()).is_some_and(crate::alarm::timer::Timer::has_fired);
        #[cfg(not(feature = "tokio"))]
        return false;
    }

    /// It waits again, and `leave` takes it from the stack.
    pub(crate) fn until(
        &mut self,
        saved: Saved,
        due: u64,
        context: &mut Context<'_>,
        leave: impl FnOnce(),
    ) {
        let at = self.alarm(due, context);
        let mut list = lock(self.list());
        leave();
        let entry = list.entry(self.index);
        (entry.running, entry.saved) = (false, saved);
        let same = at == NEVER || entry.has(at, context.waker());
        drop(list);
        if !same {
            // Neither under a lock: the one is code of an executor, the other may be the last
            // reference to a task.
            let waker = context.waker().clone();
            let before = lock(self.list()).set(self.index, at, waker);
            drop(before);
        }
        if at != NEVER {
            ask(at);
        }
    }

    /// The time of the alarm that the ticker has to ring.
    #[cfg_attr(
        not(any(feature = "tokio", feature = "testing")),
        allow(unused_variables, reason = "there is but one time")
    )]
    #[cfg_attr(
        not(feature = "tokio"),
        allow(clippy::unused_self, reason = "there is but one timer")
    )]
    fn alarm(&mut self, due: u64, context: &mut Context<'_>) -> u64 {
        // A clock that a test has stopped is the thread's, whatever runtime it works for.
        #[cfg(feature = "testing")]
        if crate::testing::paused_at().is_some() {
            crate::testing::wake_after(due, context.waker());
            return NEVER;
        }
        #[cfg(feature = "tokio")]
        if crate::alarm::timer::Timer::set(&mut self.timer, due, context) {
            return NEVER;
        }
        rounded(due)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.index == NONE {
            return; // it was to get a timer, and could not
        }
        let waker = lock(self.list()).remove(self.index);
        // Not under the lock: see above.
        drop(waker);
    }
}

/// When the alarm for a deadline rings.
fn rounded(due: u64) -> u64 {
    let word = EPOCH.word();
    // Since a parked word any time may have passed.
    let part = if word & PARKED == 0 {
        due.saturating_sub(word) / PART
    } else {
        0
    };
    let grain = part
        .checked_ilog2()
        .map_or(GRAIN, |log| GRAIN.max(1 << log));
    due.saturating_add(grain - due % grain)
}

/// Without a ticker nobody can be woken; the next poll will ask again.
fn ask(at: u64) {
    let _: bool = ticker::ask(at);
}

/// Rings all alarms before `now`, and tells when the next one is due.
pub(crate) fn ring(now: u64) -> u64 {
    let mut next = NEVER;
    for list in &LISTS {
        loop {
            let mut rung = Vec::new();
            let left = lock(list).ring(now, BATCH, &mut rung);
            wake(rung);
            if left >= now {
                next = next.min(left);
                break;
            }
        }
    }
    next
}

/// Wakes them, whatever some of them make of it: a waker is code of an executor.
pub(crate) fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
            // Its destructor could panic as well.
            std::mem::forget(payload);
        }
    }
}

/// Whether an alarm is set.
pub(crate) fn any() -> bool {
    LISTS.iter().any(|list| lock(list).has_alarms())
}

/// All scopes that wait, and what `look` sees at that same moment: no other scope is taken from a stack
/// or put back meanwhile.
pub(crate) fn records<T>(look: impl FnOnce() -> T) -> (T, Vec<Record>) {
    let lists = LISTS.each_ref().map(lock);
    let seen = look();
    let mut all = Vec::new();
    for (shard, list) in (0..).zip(&lists) {
        all.extend(list.records().map(|record| Record {
            number: record.number * u64::from(SHARDS) + shard,
            ..record
        }));
    }
    (seen, all)
}
