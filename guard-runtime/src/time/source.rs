//! The cells that decide which clock this thread follows, and how often its checks read it. Rooms below set these
//! cells; `clock.rs` reads them. None has a destructor, so all can be read while the thread exits.

use core::cell::Cell;

thread_local! {
    /// The depth below the outermost guarded future that this thread polls; [`NONE`] if it polls none.
    static POLLS: Cell<u32> = const { Cell::new(NONE) };
    /// What that future is polled in.
    static AROUND: Cell<Around> = const { Cell::new(Around::Any) };
    /// The innermost guarded future that is being polled.
    static TASK: Cell<PolledTask> = const { Cell::new(PolledTask { address: 0, depth: NONE }) };
    static QUANTUM: Cell<Quantum> = const { Cell::new(Quantum::ENDLESS) };
}

/// What a future is polled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// A tokio runtime.
    Any,
    /// A tokio runtime of several threads, whose clock cannot be stopped.
    #[cfg(feature = "tokio")]
    Threads,
    /// No tokio runtime.
    Nothing,
}

/// A guarded future, by its address, and the depth at which its scope is opened.
#[derive(Clone, Copy)]
struct PolledTask {
    address: usize,
    depth: u32,
}

/// No guarded future is being polled.
const NONE: u32 = u32::MAX;

/// How long the current task may run before it yields.
#[derive(Clone, Copy)]
pub(crate) struct Quantum {
    /// The length in nanoseconds.
    pub(crate) every: u64,
    /// When the quantum began.
    pub(crate) since: u64,
}

impl Quantum {
    pub(crate) const ENDLESS: Self = Self {
        every: u64::MAX,
        since: 0,
    };

    /// The moment at which the quantum is over.
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

/// What [`begin_poll`] replaced, for [`end_poll`] to put back.
pub(crate) struct Polling {
    polls: u32,
    around: Around,
    task: PolledTask,
    quantum: Quantum,
}

/// Begins a poll of the future at `address`, whose scope lies at `depth`. `around` tells what it is polled in.
#[inline]
pub(crate) fn begin_poll(depth: u32, address: usize, around: impl FnOnce() -> Around) -> Polling {
    let polls = POLLS.get();
    let before = AROUND.get();
    if polls == NONE || before == Around::Nothing {
        let around = around();
        // A future that is polled outside every runtime and then blocks on one does not follow that runtime's
        // clock.
        if polls == NONE || around != Around::Nothing {
            POLLS.set(depth);
            AROUND.set(around);
        }
    }
    Polling {
        polls,
        around: before,
        task: TASK.replace(PolledTask { address, depth }),
        // A future without a quantum of its own does not use up the quantum of the future around it.
        quantum: QUANTUM.replace(Quantum::ENDLESS),
    }
}

/// Ends the poll, and puts back what was there before.
#[inline]
pub(crate) fn end_poll(before: &Polling) {
    POLLS.set(before.polls);
    AROUND.set(before.around);
    TASK.set(before.task);
    QUANTUM.set(before.quantum);
}

/// The address of the innermost guarded future that this thread polls; 0 if it polls none.
#[inline(always)]
pub(crate) fn task() -> usize {
    TASK.get().address
}

/// Whether the future that is polled is the outermost one, and polled in a runtime whose clock cannot be stopped.
#[cfg(feature = "tokio")]
#[inline]
pub(crate) fn is_in_threads() -> bool {
    AROUND.get() == Around::Threads && TASK.get().depth == POLLS.get()
}

/// The depth at which its scope is opened.
pub(crate) fn depth_of_task() -> Option<u32> {
    is_polling().then(|| TASK.get().depth)
}

/// Whether this thread polls a guarded future, so that it may have a quantum and follow a runtime's clock.
#[inline(always)]
pub(crate) fn is_polling() -> bool {
    POLLS.get() != NONE
}

/// The depth below the outermost guarded future that this thread polls and that follows the current clock.
#[cfg(feature = "tokio")]
pub(crate) fn polls() -> Option<u32> {
    Some(POLLS.get()).filter(|polls| *polls != NONE)
}

thread_local! {
    /// How many open scopes of this thread need the cold path at every check: scopes that count checks, or that
    /// have more than deadlines to look at.
    static COUNTING: Cell<i32> = const { Cell::new(0) };
}

/// Adds to that number; `by` is 1 or -1.
pub(crate) fn count_checks(by: i32) {
    COUNTING.set(COUNTING.get() + by);
}

/// Whether checks of this thread take the cold path because a scope counts them or has more than deadlines to look
/// at.
pub(crate) fn counts_checks() -> bool {
    COUNTING.get() != 0
}

#[cfg(feature = "testing")]
pub(crate) use test_clock::*;

/// The clock that a test has paused on this thread.
#[cfg(feature = "testing")]
mod test_clock {
    use core::cell::Cell;

    thread_local! {
        static PAUSED_AT: Cell<Option<u64>> = const { Cell::new(None) };
        /// The CPU time that the test says its thread has spent.
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

    /// Whether every check of this thread takes the cold path, no matter what the ticker does.
    pub(crate) fn takes_every_check() -> bool {
        EVERY_CHECK.get()
    }

    pub(crate) fn set_takes_every_check(every: bool) {
        EVERY_CHECK.set(every);
    }
}
