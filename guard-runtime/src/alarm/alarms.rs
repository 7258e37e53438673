//! The lists of all waiting scopes of the process, and their alarms.
//!
//! **No alarm is forgotten.** A thread puts the alarm into a list and then asks the ticker for a tick at that
//! time. The ticker plans its next tick and then looks through the lists for an earlier time. If it misses the
//! alarm, the lock of the list orders its plan before the request, which lowers it.
//!
//! **No waker is forgotten.** Alarm and waker change under the lock of the list only, and an alarm that has fired
//! is marked there.
//!
//! **No scope is seen twice, or not at all.** It moves between a stack and a list under the lock of the list.

use std::num::NonZeroU8;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::Waker;

use crate::alarm::list::{List, NEVER, WaitingScope};
use crate::base::layout::PARKED;
use crate::base::lock::lock;
use crate::time::epoch::EPOCH;

/// Alarms within this many nanoseconds fire together, at the end of the span. A power of two.
const GRAIN: u64 = 1 << 17;

/// Alarms further away fire together if they differ by less than this part of the time until then: less than 1 % of
/// it.
const PART: u64 = 256;

/// How many lists there are, so that threads rarely contend for a lock.
const SHARDS: u8 = 8;

/// How many alarms fire under one lock.
const BATCH: usize = 256;

static LISTS: [Mutex<List>; SHARDS as usize] = [const { Mutex::new(List::new()) }; SHARDS as usize];

/// The number of a scope's list, from 1, so that an `Option` of it takes no more room.
pub(crate) type Shard = NonZeroU8;

/// A list, and the index of an entry in it.
pub(crate) type Slot = (Shard, u32);

thread_local! {
    /// The list for scopes that wait first on this thread.
    static SHARD: Shard = {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        NonZeroU8::MIN.saturating_add(NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS)
    };
}

/// The list of a scope that begins to wait on this thread.
pub(crate) fn own_shard() -> Shard {
    SHARD.with(|shard| *shard)
}

pub(crate) fn list(shard: Shard) -> &'static Mutex<List> {
    &LISTS[shard.get() as usize - 1]
}

/// When the alarm for a deadline fires.
pub(crate) fn rounded(due: u64) -> u64 {
    let word = EPOCH.load();
    // A parked word may be of any age, so it says nothing about the time until then.
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

/// Fires all alarms before `now`. Returns the time of the next one.
pub(crate) fn fire(now: u64) -> u64 {
    let mut next = NEVER;
    for list in &LISTS {
        loop {
            let mut fired = Vec::new();
            let left = lock(list).fire(now, BATCH, &mut fired);
            wake(fired);
            if left >= now {
                next = next.min(left);
                break;
            }
        }
    }
    next
}

/// Wakes all of them, even if some panic: a waker is code of an executor.
pub(crate) fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
            // The destructor of the payload could panic as well.
            std::mem::forget(payload);
        }
    }
}

/// Whether an alarm is set, or one has fired and nobody has polled its future since.
pub(crate) fn any_set() -> bool {
    LISTS.iter().any(|list| {
        let list = lock(list);
        list.has_alarms() || list.has_fired()
    })
}

/// The scopes that were woken by their alarm and have not been polled since.
pub(crate) fn fired() -> Vec<WaitingScope> {
    let mut all = Vec::new();
    for (shard, list) in (0..).zip(&LISTS) {
        let list = lock(list);
        if list.has_fired() {
            all.extend(list.fired().map(|scope| numbered(scope, shard)));
        }
    }
    all
}

/// Gives a scope a number that is unique in the process: numbers of a list are only unique within it.
fn numbered(scope: WaitingScope, shard: u64) -> WaitingScope {
    WaitingScope {
        number: scope.number * u64::from(SHARDS) + shard,
        ..scope
    }
}

/// All scopes that wait, and what `look` returns at the same moment: no other scope moves between a stack and a
/// list meanwhile.
pub(crate) fn waiting<T>(look: impl FnOnce() -> T) -> (T, Vec<WaitingScope>) {
    let lists = LISTS.each_ref().map(lock);
    let seen = look();
    let mut all = Vec::new();
    for (shard, list) in (0..).zip(&lists) {
        all.extend(list.waiting().map(|scope| numbered(scope, shard)));
    }
    (seen, all)
}
