//! What decides which clock this thread follows, and how often its checks read it. Rooms below set these
//! cells; `clock.rs` reads them. None has a destructor, so all can be read while the thread dies.

use core::cell::Cell;

thread_local! {
    /// The depth below the outermost guarded future that this thread polls; [`NONE`] without one.
    static POLLS: Cell<u32> = const { Cell::new(NONE) };
    /// Whether that future is polled outside of every tokio runtime.
    static OUTSIDE: Cell<bool> = const { Cell::new(false) };
    /// The innermost guarded future that is polled, by its address.
    static TASK: Cell<usize> = const { Cell::new(0) };
    static QUANTUM: Cell<Quantum> = const { Cell::new(Quantum::ENDLESS) };
}

/// No future is polled.
const NONE: u32 = u32::MAX;

/// How long the task at hand may run before it yields.
#[derive(Clone, Copy)]
pub(crate) struct Quantum {
    /// In nanoseconds.
    pub(crate) every: u64,
    /// When it began.
    pub(crate) since: u64,
}

impl Quantum {
    pub(crate) const ENDLESS: Self = Self {
        every: u64::MAX,
        since: 0,
    };

    /// The moment at which it is over.
    pub(crate) fn end(self) -> u64 {
        self.since.saturating_add(self.every)
    }
}

/// The quantum of the task that this thread polls.
pub(crate) fn quantum() -> Quantum {
    QUANTUM.get()
}

pub(crate) fn set_quantum(quantum: Quantum) {
    QUANTUM.set(quantum);
}

/// What a poll of a guarded future changes here, to be put back after it.
pub(crate) struct Polling {
    polls: u32,
    outside: bool,
    task: usize,
    quantum: Quantum,
}

/// The poll of the future `task` begins; its scope lies at `depth`. `is_outside`: of every tokio runtime.
#[inline]
pub(crate) fn begin_poll(depth: u32, task: usize, is_outside: impl FnOnce() -> bool) -> Polling {
    let polls = POLLS.get();
    let outside = OUTSIDE.get();
    if polls == NONE || outside {
        let is_outside = is_outside();
        // A future that is polled outside of a runtime and blocks on one does not follow that one's clock.
        if polls == NONE || !is_outside {
            POLLS.set(depth);
            OUTSIDE.set(is_outside);
        }
    }
    Polling {
        polls,
        outside,
        task: TASK.replace(task),
        // A future without a quantum of its own has no part in that of the future around it.
        quantum: QUANTUM.replace(Quantum::ENDLESS),
    }
}

/// The poll ends.
#[inline]
pub(crate) fn end_poll(before: &Polling) {
    POLLS.set(before.polls);
    OUTSIDE.set(before.outside);
    TASK.set(before.task);
    QUANTUM.set(before.quantum);
}

/// The innermost guarded future that this thread polls, by its address; 0 without one.
#[inline(always)]
pub(crate) fn task() -> usize {
    TASK.get()
}

/// Whether this thread polls a guarded future: it may then have a quantum, and follow a runtime's clock.
#[inline(always)]
pub(crate) fn is_polling() -> bool {
    POLLS.get() != NONE
}

/// The depth below the outermost guarded future that this thread polls and that follows the present clock.
#[cfg(feature = "tokio")]
pub(crate) fn polls() -> Option<u32> {
    Some(POLLS.get()).filter(|polls| *polls != NONE)
}

/// The same; above all scopes without one.
pub(crate) fn base_of_polls() -> u32 {
    POLLS.get()
}

thread_local! {
    /// The scopes of this thread for which every check counts, or the cold path has more to look at than deadlines.
    static COUNTING: Cell<i32> = const { Cell::new(0) };
}

/// One more of them, or one less.
pub(crate) fn count_checks(by: i32) {
    COUNTING.set(COUNTING.get() + by);
}

/// Whether checks of this thread take the cold path because they count, or have more to look at.
pub(crate) fn counts_checks() -> bool {
    COUNTING.get() != 0
}

#[cfg(feature = "testing")]
pub(crate) use test_clock::*;

/// The clock that a test of this thread has paused.
#[cfg(feature = "testing")]
mod test_clock {
    use core::cell::Cell;

    thread_local! {
        static PAUSED_AT: Cell<Option<u64>> = const { Cell::new(None) };
        /// The CPU time that the thread has spent according to its test.
        static SPENT_CPU: Cell<u64> = const { Cell::new(0) };
        static EVERY_CHECK: Cell<bool> = const { Cell::new(false) };
    }

    /// The time of the paused clock, if it is paused.
    pub(crate) fn paused_at() -> Option<u64> {
        PAUSED_AT.get()
    }

    pub(crate) fn set_paused_at(time: Option<u64>) {
        PAUSED_AT.set(time);
    }

    /// The CPU time of the thread while its clock is paused.
    #[cfg(feature = "cpu")]
    pub(crate) fn spent_cpu() -> u64 {
        SPENT_CPU.get()
    }

    #[cfg(feature = "cpu")]
    pub(crate) fn spend_cpu(by: u64) {
        SPENT_CPU.set(SPENT_CPU.get().saturating_add(by));
    }

    /// Whether every check of this thread takes the cold path, whatever the ticker does.
    pub(crate) fn takes_every_check() -> bool {
        EVERY_CHECK.get()
    }

    pub(crate) fn set_takes_every_check(every: bool) {
        EVERY_CHECK.set(every);
    }
}
