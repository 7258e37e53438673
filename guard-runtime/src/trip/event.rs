//! What can happen to a scope.

use core::fmt;
use core::time::Duration;

use crate::base::location::Location;
#[cfg(feature = "policy")]
use crate::trip::policy_event::PolicyEvent;
#[cfg(any(feature = "tracing", feature = "metrics"))]
use crate::trip::tripped::Cause;
use crate::trip::tripped::Tripped;
use crate::trip::why::Why;

/// Something that happened to a scope, for the hook of [`set_hook`](crate::set_hook). Prints as one line.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use guard_runtime::{Budget, Event, checkpoint, set_hook};
///
/// static TRIPS: AtomicU32 = AtomicU32::new(0);
/// set_hook(|event| {
///     if let Event::Tripped(tripped) = event {
///         assert_eq!(tripped.scope(), "import");
///         TRIPS.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// let scope = Budget::new().iterations(1).named("import");
/// scope.run(|| while checkpoint().is_ok() {}).unwrap();
/// assert_eq!(TRIPS.load(Ordering::Relaxed), 1);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A scope tripped: once for each activation, at the check that noticed first.
    Tripped(Tripped),
    /// A scope that is observed ([`Mode::Observe`](crate::Mode::Observe)) would have tripped: once for each
    /// activation, at the check that noticed. It goes on.
    WouldTrip(Tripped),
    /// A scope is past its deadline and its thread comes to no check: it hangs where no guard can reach it. Told
    /// for the first time when the thread has made no check for `max(1 s, timeout / 10)` since the deadline or
    /// since its last check, and again after 2, 4 and 8 times that. Called on the ticker's thread: while the hook
    /// runs, no thread learns that time has passed.
    #[non_exhaustive]
    Overdue {
        /// The name of the scope.
        scope: &'static str,
        /// Where its function (or [`Budget`](crate::Budget)) is written.
        location: Location,
        /// The name of the thread that runs it; its number (`ThreadId(7)`) if it has none; `task 7` for a future
        /// that waits.
        thread: String,
        /// How long ago its deadline passed.
        late: Duration,
        /// The loop (or checkpoint) of the last check of the thread that took the cold path, if there was one.
        looked: Option<Location>,
        /// What the thread is doing instead.
        why: Why,
    },
    /// A scope that was told as [`Overdue`](Self::Overdue) came to a check after all, or ended. Called on its own
    /// thread, at the next check or entry there; or on the ticker's, if there was none within a quarter of a second
    /// after the scope's end.
    #[non_exhaustive]
    Recovered {
        /// The name of the scope.
        scope: &'static str,
        /// Where its function (or [`Budget`](crate::Budget)) is written.
        location: Location,
        /// How long after its deadline that was.
        late: Duration,
    },
    /// A scope has used the share of its time that `warn_at` names: once for each activation, at the first cold
    /// check after that, unless the deadline had passed by then.
    #[non_exhaustive]
    Warning {
        /// The name of the scope.
        scope: &'static str,
        /// Where its function is written.
        location: Location,
        /// The time it may take.
        limit: Duration,
        /// The time it has taken.
        elapsed: Duration,
        /// The loop (or entry, or checkpoint) that noticed.
        noticed: Location,
    },
    /// A scope had its result after the deadline, and no check came in between: it is no trip, and the result
    /// stands. `strict` in the attribute (or [`Budget::strict`](crate::Budget::strict)) makes it one. Called on the
    /// scope's own thread as the scope is left, and only if a hook is set or `tracing` has a subscriber. Covers
    /// time budgets only, and no scope that panics, is dropped as a future, or is left because of a trip.
    #[non_exhaustive]
    Late {
        /// The name of the scope.
        scope: &'static str,
        /// Where its function (or [`Budget`](crate::Budget)) is written.
        location: Location,
        /// The time it may take.
        limit: Duration,
        /// The time it took.
        elapsed: Duration,
    },
    /// One poll of a guarded future blocks its thread, and every other task on it. Told once for each poll, on the
    /// ticker's thread, and only if the environment variable `LOOP_GUARD_BLOCKED` says after how long: `500ms`.
    #[non_exhaustive]
    BlockedPoll {
        /// The name of the outermost scope of a future that is polled there.
        scope: &'static str,
        /// Where its function is written.
        location: Location,
        /// The name of the thread; its number (`ThreadId(7)`) if it has none.
        thread: String,
        /// For how long at least.
        blocked: Duration,
        /// The loop (or checkpoint) of the last check of the thread that took the cold path, if there was one.
        looked: Option<Location>,
    },
    /// `on_trip = "break"` ended a loop, and the function went on after it.
    #[non_exhaustive]
    LoopBroken {
        /// The trip. Nothing else reports it.
        tripped: Tripped,
    },
    /// A cleanup, or a [`shield_for`](crate::shield_for), took longer than its limit.
    #[non_exhaustive]
    CleanupOverrun {
        /// `cleanup` or `shield`.
        what: &'static str,
        /// Where it is written.
        location: Location,
        /// The time limit.
        limit: Duration,
        /// The time it took.
        elapsed: Duration,
    },
    /// A cleanup panicked, and the panic was caught: either the thread was unwinding already, and the first
    /// panic goes on, or the cleanup had been spawned because its future was dropped.
    #[non_exhaustive]
    CleanupPanicked {
        /// Where the cleanup is written.
        location: Location,
        /// The panic's message.
        message: String,
    },
    /// A step of a [chain](crate::policy::chain) of fallbacks answered, after a trip.
    #[cfg(feature = "policy")]
    #[non_exhaustive]
    Answered {
        /// The trip.
        tripped: Tripped,
        /// The number of the step, from 1; one more than there are stands for the last resort.
        step: u32,
        /// Where the chain is written.
        location: Location,
    },
    /// A policy did something other than refuse a call.
    #[cfg(feature = "policy")]
    Policy(PolicyEvent),
    /// A thread or a task that was started through this crate panicked, and nobody joins it.
    #[non_exhaustive]
    WorkPanicked {
        /// `thread`, `task` or `blocking task`.
        what: &'static str,
        /// Where it was started.
        location: Location,
        /// The panic's message.
        message: String,
    },
    /// A shutdown has entered its next phase. Called on a thread that does nothing else.
    #[cfg(feature = "shutdown")]
    #[non_exhaustive]
    ShutdownPhase {
        /// `begun`, `draining` (nothing new is let in), `stopping` (nodes), `flushing`, `over`.
        phase: &'static str,
        /// Why the shutdown began.
        reason: String,
        /// The time since it began.
        elapsed: Duration,
    },
    /// A node or a flush hook of a shutdown, or its work in flight, has ended or is no longer waited for. Called on
    /// a thread that does nothing else.
    #[cfg(feature = "shutdown")]
    #[non_exhaustive]
    NodeStopped {
        /// Its name; `in flight` for tracked scopes.
        node: &'static str,
        /// An [`Outcome`](crate::shutdown::Outcome), as it prints.
        outcome: &'static str,
        /// The time it was allowed to take.
        budget: Duration,
        /// The time it took; `None` if it has not ended.
        took: Option<Duration>,
        /// The message of its panic, or the trip that stopped it.
        message: Option<String>,
    },
    /// A cleanup could not run.
    #[non_exhaustive]
    CleanupLost {
        /// Where it is written.
        location: Location,
    },
}

impl Event {
    /// Whether the event need not go to stderr without a hook: an error or a panic reports it as well, or it is
    /// meant for hooks only.
    pub(crate) fn is_told_elsewhere(&self) -> bool {
        match self {
            Self::Tripped(_) | Self::Late { .. } => true,
            #[cfg(feature = "policy")]
            Self::Answered { .. } | Self::Policy(_) => true,
            #[cfg(feature = "shutdown")]
            Self::ShutdownPhase { .. } | Self::NodeStopped { .. } => true, // by the report
            _ => false,
        }
    }
}

/// The name of a cause, the limit, and how much of it was used.
#[cfg(any(feature = "tracing", feature = "metrics"))]
pub(crate) fn cause(cause: Cause) -> (&'static str, Option<Duration>, Option<Duration>) {
    match cause {
        Cause::Timeout { limit, elapsed } => ("timeout", Some(limit), Some(elapsed)),
        Cause::Iterations { .. } => ("iterations", None, None),
        Cause::Cpu { limit, used } => ("cpu", Some(limit), Some(used)),
        Cause::Depth { .. } => ("depth", None, None),
        Cause::All { .. } => ("all", None, None),
        Cause::Cancelled { .. } => ("cancelled", None, None),
        Cause::ScopeEnded => ("scope_ended", None, None),
        Cause::Shutdown => ("shutdown", None, None),
        Cause::Refused { .. } => ("refused", None, None),
        Cause::Full => ("full", None, None),
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tripped(tripped) => fmt::Display::fmt(tripped, f),
            Self::WouldTrip(tripped) => write!(f, "{tripped}; observed, so it goes on"),
            Self::Overdue {
                scope,
                location,
                thread,
                late,
                looked,
                why,
            } => {
                let place = why.place(thread);
                write!(
                    f,
                    "loop guard: {scope} ({location}) is overdue by {late:.3?} {place}: {why}"
                )?;
                write_looked(f, *looked)?;
                write!(f, "; {}", why.advice())
            }
            Self::Recovered {
                scope,
                location,
                late,
            } => write!(
                f,
                "loop guard: {scope} ({location}) is no more overdue, {late:.3?} after its deadline"
            ),
            Self::Warning {
                scope,
                location,
                limit,
                elapsed,
                noticed,
            } => write!(
                f,
                "loop guard: {scope} ({location}) has used {elapsed:.3?} of {limit:?}; noticed at {noticed}"
            ),
            Self::Late {
                scope,
                location,
                limit,
                elapsed,
            } => write!(
                f,
                "loop guard: {scope} ({location}) came late, and no check noticed: {limit:?} allowed, {elapsed:.3?} used; `strict` makes that a trip"
            ),
            Self::BlockedPoll {
                scope,
                location,
                thread,
                blocked,
                looked,
            } => {
                write!(
                    f,
                    "loop guard: a poll of {scope} ({location}) blocks thread {thread} for {blocked:.3?}"
                )?;
                write_looked(f, *looked)?;
                f.write_str("; await it, or spawn it where blocking is allowed")
            }
            Self::LoopBroken { tripped } => write!(
                f,
                "{tripped}; the loop was broken off, as `on_trip = \"break\"` says"
            ),
            Self::CleanupOverrun {
                what,
                location,
                limit,
                elapsed,
            } => write!(
                f,
                "loop guard: the {what} at {location} took too long: {limit:?} allowed, {elapsed:.3?} taken"
            ),
            Self::CleanupPanicked { location, message } => write!(
                f,
                "loop guard: the cleanup at {location} panicked, which goes no further: {message}"
            ),
            #[cfg(feature = "policy")]
            Self::Answered { .. } | Self::Policy(_) => self.write_policy(f),
            Self::WorkPanicked {
                what,
                location,
                message,
            } => write!(
                f,
                "loop guard: the {what} started at {location} panicked, and nobody joins it: {message}"
            ),
            #[cfg(feature = "shutdown")]
            Self::ShutdownPhase { .. } | Self::NodeStopped { .. } => self.write_shutdown(f),
            Self::CleanupLost { location } => {
                write!(f, "loop guard: the cleanup at {location} could not run")
            }
        }
    }
}

#[cfg(feature = "policy")]
impl Event {
    fn write_policy(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered {
                tripped,
                step,
                location,
            } => write!(
                f,
                "{tripped}; answered by step {step} of the fallback at {location}"
            ),
            Self::Policy(event) => write!(f, "{event}"),
            _ => Ok(()),
        }
    }
}

#[cfg(feature = "shutdown")]
impl Event {
    fn write_shutdown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShutdownPhase {
                phase,
                reason,
                elapsed,
            } => write!(
                f,
                "loop guard: the shutdown ({reason}) is {phase}, {elapsed:.1?} after it began"
            ),
            Self::NodeStopped {
                node,
                outcome,
                budget,
                took,
                message,
            } => {
                write!(f, "loop guard: shutdown of {node}: {outcome}")?;
                if let Some(took) = took {
                    write!(f, " in {took:.1?}")?;
                }
                write!(f, ", {budget:.1?} allowed")?;
                match message {
                    Some(message) => write!(f, ": {message}"),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// Writes which check was the last one to take the cold path.
fn write_looked(f: &mut fmt::Formatter<'_>, looked: Option<Location>) -> fmt::Result {
    match looked {
        Some(looked) => write!(f, "; the check at {looked} was the last"),
        None => Ok(()),
    }
}
