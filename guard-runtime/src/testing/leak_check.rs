//! What a thread has left behind.

use core::marker::PhantomData;

use crate::cleanup::pending;
use crate::context::started::{self, Started};
use crate::stack::current;
use crate::stack::frames::Stack;

/// Finds what the current thread has left behind since this was created: scopes that are still open, and deferred
/// calls that were never made, because their value was forgotten (`std::mem::forget`).
///
/// It counts for its own thread and at the moment of the call. If other threads are involved, wait for them first,
/// or ask again.
///
/// ```
/// use guard_runtime::{defer, testing::LeakCheck};
///
/// let check = LeakCheck::new();
/// defer(|_| println!("done")).defuse();
/// check.assert_clean();
///
/// std::mem::forget(defer(|_| println!("never")));
/// assert_eq!(check.deferred(), 1);
/// ```
#[derive(Debug)]
pub struct LeakCheck {
    open: u32,
    pending: u32,
    family: u64,
    /// The work that was already running.
    before: Vec<u64>,
    /// Makes the type neither `Send` nor `Sync`: it counts for one thread.
    here: PhantomData<*const ()>,
}

/// The number of open scopes of this thread; shields and cleanups do not count.
fn open_scopes() -> u32 {
    current::current().map_or(0, Stack::scopes)
}

impl LeakCheck {
    /// Begins to count, on this thread.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "it begins now, which is no default"
    )]
    pub fn new() -> Self {
        pending::begin_check();
        let family = started::found_family();
        let before = started::of_family(family);
        Self {
            family,
            before: before.into_iter().map(|(number, _)| number).collect(),
            open: open_scopes(),
            pending: pending::count(),
            here: PhantomData,
        }
    }

    /// How many scopes were opened since then and are still open.
    #[must_use]
    pub fn open_scopes(&self) -> u32 {
        open_scopes().saturating_sub(self.open)
    }

    /// How many calls were deferred since then, and neither made nor cancelled.
    #[must_use]
    pub fn deferred(&self) -> u32 {
        pending::count().saturating_sub(self.pending)
    }

    /// The threads and tasks that were started since then by [`thread`](crate::thread) and `task`, on this thread
    /// or on one of theirs, and that still run.
    ///
    /// ```
    /// use guard_runtime::{testing::LeakCheck, thread};
    ///
    /// let check = LeakCheck::new();
    /// let (ends, end) = std::sync::mpsc::channel::<()>();
    /// let waits = thread::spawn(move || end.recv());
    /// assert_eq!(check.started()[0].what(), "thread");
    /// println!("{}", check.started()[0]); // where it was started
    /// drop(ends);
    /// _ = waits.join().unwrap();
    /// check.assert_clean();
    /// ```
    #[must_use]
    pub fn started(&self) -> Vec<Started> {
        let all = started::of_family(self.family).into_iter();
        let since = all.filter(|(number, _)| !self.before.contains(number));
        since.map(|(_, started)| started).collect()
    }

    /// Asserts that nothing was left behind.
    ///
    /// # Panics
    ///
    /// If something was; the message says how many of what.
    #[track_caller]
    pub fn assert_clean(&self) {
        let (open, deferred) = (self.open_scopes(), self.deferred());
        assert!(
            open == 0 && deferred == 0,
            "left behind on this thread: {open} open scopes, {deferred} deferred calls that were not made"
        );
        let started: Vec<_> = self.started().iter().map(Started::to_string).collect();
        assert!(started.is_empty(), "still running: {}", started.join(", "));
    }
}

impl Drop for LeakCheck {
    fn drop(&mut self) {
        pending::end_check();
    }
}
