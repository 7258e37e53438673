//! Why a thread comes to no check.

use core::fmt;

/// What a thread that comes to no check is doing, as far as the kernel tells. Part of
/// [`Event::Overdue`](crate::Event::Overdue).
///
/// ```
/// use guard_runtime::Why;
///
/// assert_eq!(Why::Running.to_string(), "it runs without a check");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It runs: a loop without a check, in a function without the attribute or in foreign code.
    Running,
    /// It waits in the kernel.
    #[non_exhaustive]
    Waiting {
        /// The name of the system call if it is known: `futex`, `read`, `syscall 451`; empty if the kernel does not
        /// tell.
        syscall: String,
        /// The function of the kernel in which it sleeps; empty if the kernel does not tell.
        wchan: String,
    },
    /// It is ready to run but gets no CPU time: the machine is overloaded, or a quota is used up.
    Starved,
    /// It is a future that waits. It was woken at its deadline, and nobody has polled it since: the executor's
    /// threads are blocked, or the future was forgotten.
    ///
    /// Not reported in a tokio runtime of one thread (feature `tokio`): the runtime's own timer wakes the future
    /// there, and a test may have stopped its clock. A guarded future that blocks that thread is found by
    /// `LOOP_GUARD_BLOCKED`, or is overdue itself.
    Unpolled,
    /// The system does not tell: it is not Linux, or `/proc` is not mounted.
    Unknown,
}

impl Why {
    /// Where the scope runs: on a thread, or in a task.
    pub(crate) fn place(&self, name: &str) -> String {
        match self {
            Self::Unpolled => format!("in {name}"),
            _ => format!("on thread {name}"),
        }
    }

    /// What would make the thread come to a check.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Self::Running => {
                "call `checkpoint()` in its loop, or put `#[loop_guard(inherit)]` on the function that it calls"
            }
            Self::Waiting { .. } => "wait with a timeout, no longer than `remaining()`",
            Self::Starved => "give it a processor",
            Self::Unpolled => {
                "look for what blocks the executor (`LOOP_GUARD_BLOCKED=500ms` tells of guarded futures that do), or drop the future"
            }
            Self::Unknown => {
                "wait with a timeout, call `checkpoint()`, or put `#[loop_guard(inherit)]` on the function that it calls"
            }
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => f.write_str("it runs without a check"),
            Self::Waiting { syscall, wchan } => {
                f.write_str("it waits")?;
                if !syscall.is_empty() {
                    write!(f, " in {syscall}")?;
                }
                if !wchan.is_empty() {
                    write!(f, " ({wchan})")?;
                }
                Ok(())
            }
            Self::Starved => f.write_str("it gets no processor"),
            Self::Unpolled => f.write_str("it was woken and nobody polls it"),
            Self::Unknown => f.write_str("the system does not tell what it does"),
        }
    }
}
