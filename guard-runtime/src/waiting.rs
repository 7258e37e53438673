//! Scopes of async functions that wait: who they are, and who is to be woken when.
//!
//! A scope is listed here from its first `Pending` until it is left. Its alarm is a key of the list,
//! and goes to the ticker; inside a tokio runtime it is a timer of that runtime instead.
//!
//! **No alarm is forgotten.** A thread puts the alarm into the list and then asks the ticker for a tick
//! at that time. The ticker plans its next tick and then looks through the list for an earlier time.
//! If it misses the alarm, the lock of the list orders its plan before the asking, which lowers it.
//!
//! **No waker is forgotten.** Alarm and waker change under the lock of the list alone, and an alarm
//! that has rung says so there.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Waker};

use crate::site::Site;
use crate::stack::Saved;
use crate::sync::{Mutex, lock};
use crate::ticker;

/// Never rings.
const NEVER: u64 = u64::MAX;

/// Alarms within so many nanoseconds ring together, at the end of them: a power of two.
const GRAIN: u64 = 1 << 17;

/// Lists, so that threads seldom meet.
const SHARDS: usize = 8;

/// By alarm, then by number.
type List = BTreeMap<(u64, u64), Arc<Record>>;

static LISTS: [Mutex<List>; SHARDS] = [const { Mutex::new(BTreeMap::new()) }; SHARDS];

static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// What others may know of a scope that waits.
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) site: &'static Site,
    /// Changes only where a runtime's clock is stopped: whoever reads parts of two moments sees an odd
    /// age once.
    saved: [AtomicU64; 3],
    /// It is being polled, and on the stack of a thread.
    running: AtomicBool,
    /// The alarm; [`NEVER`] as well when it has rung. Changed under the list's lock.
    at: AtomicU64,
    waker: Mutex<Option<Waker>>,
}

impl Record {
    pub(crate) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    pub(crate) fn saved(&self) -> Saved {
        let parts = self.saved.each_ref();
        Saved::from_parts(parts.map(|part| part.load(Ordering::Relaxed)))
    }

    fn list(&self) -> &'static Mutex<List> {
        &LISTS[usize::try_from(self.number).unwrap_or(0) % SHARDS]
    }

    fn key(&self) -> (u64, u64) {
        (self.at.load(Ordering::Relaxed), self.number)
    }
}

/// One scope's place in the list.
pub(crate) struct Waiting {
    record: Arc<Record>,
    #[cfg(feature = "tokio")]
    timer: Option<crate::timer::Timer>,
}

impl Waiting {
    #[cold]
    pub(crate) fn new(site: &'static Site, saved: Saved) -> Self {
        let record = Arc::new(Record {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            site,
            saved: saved.parts().map(AtomicU64::new),
            running: AtomicBool::new(false),
            at: AtomicU64::new(NEVER),
            waker: Mutex::new(None),
        });
        lock(record.list()).insert(record.key(), record.clone());
        Self {
            record,
            #[cfg(feature = "tokio")]
            timer: None,
        }
    }

    #[inline]
    pub(crate) fn run(&self, running: bool) {
        self.record.running.store(running, Ordering::Release);
    }

    /// The scope, as it is to be opened again.
    #[inline]
    pub(crate) fn saved(&self) -> Saved {
        self.record.saved()
    }

    #[inline]
    pub(crate) fn keep(&self, saved: Saved) {
        for (part, new) in self.record.saved.iter().zip(saved.parts()) {
            part.store(new, Ordering::Relaxed);
        }
    }

    /// Has the task woken once the time `due` has passed, or very soon after.
    pub(crate) fn until(&mut self, due: u64, context: &mut Context<'_>) {
        self.run(false);
        // A clock that a test has stopped is the thread's, whatever runtime it works for.
        #[cfg(feature = "testing")]
        if crate::testing::paused_at().is_some() {
            return crate::testing::wake_after(due, context.waker());
        }
        #[cfg(feature = "tokio")]
        if crate::timer::Timer::set(&mut self.timer, due, context) {
            return;
        }
        let at = due.saturating_add(GRAIN - due % GRAIN);
        if at != NEVER && self.set(at, context.waker()) {
            // Without a ticker nobody can be woken; the next poll will ask again.
            let _: bool = ticker::ask(at);
        }
    }

    /// Whether the alarm is a new one.
    fn set(&self, at: u64, waker: &Waker) -> bool {
        let record = &self.record;
        let same = |held: &Option<Waker>| held.as_ref().is_some_and(|held| held.will_wake(waker));
        if record.at.load(Ordering::Relaxed) == at && same(&lock(&record.waker)) {
            return false;
        }
        // Not under a lock either: it is code of an executor.
        let waker = waker.clone();
        let mut list = lock(record.list());
        list.remove(&record.key());
        record.at.store(at, Ordering::Relaxed);
        list.insert(record.key(), record.clone());
        let before = lock(&record.waker).replace(waker);
        drop(list);
        // Not under a lock: it may be the last reference to a task.
        drop(before);
        true
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut list = lock(self.record.list());
        list.remove(&self.record.key());
    }
}

/// Rings all alarms before `now`, and tells when the next one is due.
pub(crate) fn ring(now: u64) -> u64 {
    let mut next = NEVER;
    let mut rung = Vec::new();
    for list in &LISTS {
        let mut list = lock(list);
        while let Some(first) = list.first_entry().filter(|first| first.key().0 < now) {
            let record = first.remove();
            record.at.store(NEVER, Ordering::Relaxed);
            rung.extend(lock(&record.waker).take());
            list.insert(record.key(), record);
        }
        if let Some(((at, _), _)) = list.first_key_value() {
            next = next.min(*at);
        }
    }
    wake(rung);
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
    LISTS.iter().any(|list| {
        let list = lock(list);
        list.first_key_value()
            .is_some_and(|((at, _), _)| *at != NEVER)
    })
}

/// All scopes in the list.
pub(crate) fn records() -> Vec<Arc<Record>> {
    let mut all = Vec::new();
    for list in &LISTS {
        all.extend(lock(list).values().cloned());
    }
    all
}
