//! What a thread records for the watchdog, and what the watchdog records for the thread.
//!
//! The thread writes in its cold path and never waits for the watchdog: if the watchdog is reading at that moment,
//! one record is skipped, and the next one is a tick away. All accesses are relaxed. The watchdog judges spans of a
//! second and more, within which every store has long become visible; its reports are under a lock.

use crate::base::location::At;
use crate::base::sync::{AtomicU32, AtomicU64, Mutex, Ordering, const_fn, lock};

/// Stands for the time of the last cold check if this thread's clock is not the real one, so that no span of it can
/// be judged.
pub(crate) const APART: u64 = u64::MAX;

/// The records of one thread and of the watchdog about it.
pub(crate) struct Witness {
    /// The kernel's number of the thread; 0 if it is not known.
    thread: AtomicU32,
    /// The time of the last cold check, or a little earlier; or [`APART`].
    looked: AtomicU64,
    /// Where that check stands.
    at: Mutex<Option<At>>,
    /// How many polls of outermost futures the thread has begun.
    polls: AtomicU64,
    /// How many scopes are in `overdue`.
    count: AtomicU64,
    overdue: Mutex<Vec<Overdue>>,
}

/// A scope that was reported as overdue, and has not been reported as recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overdue {
    pub(crate) site: u32,
    /// The index of its frame.
    pub(crate) index: u32,
    pub(crate) due: u64,
}

/// The kernel's number of the calling thread; 0 if the kernel does not tell.
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

    /// Prepares the record for the calling thread, which starts to use the stack.
    pub(crate) fn begin(&self) {
        self.thread.store(this_thread(), Ordering::Relaxed);
        self.looked.store(0, Ordering::Relaxed);
        *lock(&self.at) = None;
        // Overdue scopes of the previous thread are not this thread's concern: the watchdog reports them.
        self.count.store(0, Ordering::Relaxed);
    }

    pub(crate) fn thread(&self) -> Option<u32> {
        Some(self.thread.load(Ordering::Relaxed)).filter(|thread| *thread != 0)
    }

    /// Records a cold check at the time `now`.
    pub(crate) fn look(&self, now: u64, at: At) {
        self.looked.store(now, Ordering::Relaxed);
        if let Ok(mut place) = self.at.try_lock() {
            *place = Some(at);
        }
    }

    /// Records whether the thread's clock differs from the real one.
    #[inline]
    pub(crate) fn set_apart(&self, apart: bool) {
        if apart != (self.looked() == APART) {
            self.looked
                .store(if apart { APART } else { 0 }, Ordering::Relaxed);
        }
    }

    /// Records that the thread begins to poll an outermost guarded future.
    #[inline]
    pub(crate) fn begin_poll(&self) {
        let polls = self.polls.load(Ordering::Relaxed);
        self.polls.store(polls.wrapping_add(1), Ordering::Relaxed);
    }

    /// The number of the poll that the thread began last.
    pub(crate) fn polls(&self) -> u64 {
        self.polls.load(Ordering::Relaxed)
    }

    pub(crate) fn looked(&self) -> u64 {
        self.looked.load(Ordering::Relaxed)
    }

    /// The last check that took the cold path.
    pub(crate) fn at(&self) -> Option<At> {
        *lock(&self.at)
    }

    /// Whether a scope of this stack was reported as overdue, and has not been reported as recovered.
    #[inline]
    pub(crate) fn has_overdue(&self) -> bool {
        self.count.load(Ordering::Relaxed) != 0
    }

    /// Records that the scope was reported, perhaps for another time.
    pub(crate) fn add_overdue(&self, scope: Overdue) {
        let mut overdue = lock(&self.overdue);
        if !overdue.contains(&scope) {
            overdue.push(scope);
        }
        self.count.store(overdue.len() as u64, Ordering::Relaxed);
    }

    /// Takes all of them. The caller reports that each has recovered.
    pub(crate) fn take_overdue(&self) -> Vec<Overdue> {
        let mut overdue = lock(&self.overdue);
        self.count.store(0, Ordering::Relaxed);
        core::mem::take(&mut *overdue)
    }

    /// Takes one of them; false if somebody else has taken it.
    pub(crate) fn take_one(&self, scope: Overdue) -> bool {
        let mut overdue = lock(&self.overdue);
        let before = overdue.len();
        overdue.retain(|other| *other != scope);
        self.count.store(overdue.len() as u64, Ordering::Relaxed);
        overdue.len() < before
    }
}
