//! What the thread of a stack leaves for the watchdog, and what the watchdog leaves for the thread.
//!
//! The thread writes in its cold path and never waits for the watchdog: where the watchdog reads just now, one
//! look is not recorded, and the next one is a tick away. All words are relaxed. The watchdog judges by spans of a
//! second and more, in which every store has long been seen; what it reports is under a lock.

use crate::base::location::At;
use crate::base::sync::{AtomicU32, AtomicU64, Mutex, Ordering, const_fn, lock};

/// In place of the time of a look: this thread's clock is not the real one, and no span of it can be judged.
pub(crate) const APART: u64 = u64::MAX;

/// One thread's side and the watchdog's.
pub(crate) struct Witness {
    /// The kernel's number of the thread; 0 if that is not known.
    thread: AtomicU32,
    /// The time of the last cold check, or a little earlier; [`APART`].
    looked: AtomicU64,
    /// Where that was.
    at: Mutex<Option<At>>,
    /// The polls of outermost futures that it has begun.
    polls: AtomicU64,
    /// Scopes in `overdue`.
    count: AtomicU64,
    overdue: Mutex<Vec<Overdue>>,
}

/// A scope that was reported as overdue, and not yet as recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overdue {
    pub(crate) site: u32,
    /// Its frame's, from the bottom.
    pub(crate) index: u32,
    pub(crate) due: u64,
}

/// The kernel's number of the calling thread; 0 if it does not tell.
fn this_thread() -> u32 {
    if !cfg!(target_os = "linux") {
        return 0;
    }
    // `PID/task/TID`.
    let link = std::fs::read_link("/proc/thread-self");
    let number = link
        .ok()
        .and_then(|link| link.file_name()?.to_str()?.parse().ok());
    number.unwrap_or(0)
}

impl Witness {
    const_fn! {
        pub(crate) fn new() -> Self {
            Self {
                thread: AtomicU32::new(0),
                looked: AtomicU64::new(0),
                polls: AtomicU64::new(0),
                at: Mutex::new(None),
                count: AtomicU64::new(0),
                overdue: Mutex::new(Vec::new()),
            }
        }
    }

    /// The calling thread takes the stack over.
    pub(crate) fn begin(&self) {
        self.thread.store(this_thread(), Ordering::Relaxed);
        self.looked.store(0, Ordering::Relaxed);
        *lock(&self.at) = None;
        // What the thread before it left there is no business of this one: the watchdog reports it.
        self.count.store(0, Ordering::Relaxed);
    }

    pub(crate) fn thread(&self) -> Option<u32> {
        Some(self.thread.load(Ordering::Relaxed)).filter(|thread| *thread != 0)
    }

    /// A check looked at the time `now`.
    pub(crate) fn look(&self, now: u64, at: At) {
        self.looked.store(now, Ordering::Relaxed);
        if let Ok(mut place) = self.at.try_lock() {
            *place = Some(at);
        }
    }

    /// Whether the thread's clock is another than the real one.
    #[inline]
    pub(crate) fn set_apart(&self, apart: bool) {
        if apart != (self.looked() == APART) {
            self.looked
                .store(if apart { APART } else { 0 }, Ordering::Relaxed);
        }
    }

    /// The thread begins to poll a guarded future, inside no other one.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        let polls = self.polls.load(Ordering::Relaxed);
        self.polls.store(polls.wrapping_add(1), Ordering::Relaxed);
    }

    /// The number of the poll that the thread has begun last.
    pub(crate) fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    pub(crate) fn looked(&self) -> u64 {
        self.looked.load(Ordering::Relaxed)
    }

    /// The check that looked last.
    pub(crate) fn at(&self) -> Option<At> {
        *lock(&self.at)
    }

    /// Whether a scope of this stack was reported as overdue, and not yet as recovered.
    #[inline]
    pub(crate) fn has_overdue(&self) -> bool {
        self.count.load(Ordering::Relaxed) != 0
    }

    /// The scope is reported; again, if it was before.
    pub(crate) fn add_overdue(&self, scope: Overdue) {
        let mut overdue = lock(&self.overdue);
        if !overdue.contains(&scope) {
            overdue.push(scope);
        }
        self.count.store(overdue.len() as u64, Ordering::Relaxed);
    }

    /// Whoever gets a scope reports that it has recovered.
    pub(crate) fn take_overdue(&self) -> Vec<Overdue> {
        let mut overdue = lock(&self.overdue);
        self.count.store(0, Ordering::Relaxed);
        core::mem::take(&mut *overdue)
    }

    /// The same of one scope; false if somebody else got it.
    pub(crate) fn take_one(&self, scope: Overdue) -> bool {
        let mut overdue = lock(&self.overdue);
        let before = overdue.len();
        overdue.retain(|other| *other != scope);
        self.count.store(overdue.len() as u64, Ordering::Relaxed);
        overdue.len() < before
    }
}
