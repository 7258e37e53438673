//! What a subscriber of `tracing` is told of each event (feature `tracing`).

use core::time::Duration;

use tracing::Level;

use crate::base::location::Location;
use crate::trip::event::{Event, cause};
use crate::trip::traced::Fields;
use crate::trip::tripped::Tripped;

impl Event {
    pub(crate) fn fields(&self) -> Fields {
        match self {
            Self::Tripped(tripped) | Self::LoopBroken { tripped } => trip(Level::WARN, tripped),
            Self::WouldTrip(tripped) => trip(Level::INFO, tripped),
            Self::Overdue {
                scope,
                location,
                thread,
                late,
                looked,
                ..
            } => Fields {
                elapsed: Some(*late),
                location: Some(looked.unwrap_or(*location)),
                thread: Some(thread.clone()),
                ..fields(Level::ERROR, scope, "overdue")
            },
            Self::Recovered {
                scope,
                location,
                late,
            } => Fields {
                elapsed: Some(*late),
                location: Some(*location),
                ..fields(Level::INFO, scope, "recovered")
            },
            Self::Warning {
                scope,
                limit,
                elapsed,
                noticed,
                ..
            } => spent(scope, "warning", (limit, elapsed), noticed),
            Self::Late {
                scope,
                location,
                limit,
                elapsed,
            } => spent(scope, "late", (limit, elapsed), location),
            Self::BlockedPoll {
                scope,
                location,
                thread,
                blocked,
                looked,
            } => Fields {
                elapsed: Some(*blocked),
                location: Some(looked.unwrap_or(*location)),
                thread: Some(thread.clone()),
                ..fields(Level::WARN, scope, "blocked_poll")
            },
            Self::CleanupOverrun {
                what,
                location,
                limit,
                elapsed,
            } => spent(what, "cleanup_overrun", (limit, elapsed), location),
            Self::CleanupPanicked { location, .. } => Fields {
                location: Some(*location),
                ..fields(Level::ERROR, "cleanup", "cleanup_panicked")
            },
            #[cfg(feature = "policy")]
            Self::Answered { tripped, .. } => trip(Level::INFO, tripped),
            #[cfg(feature = "policy")]
            Self::Policy(event) => {
                let (level, name, what) = event.described();
                fields(level, name, what)
            }
            Self::WorkPanicked { what, location, .. } => Fields {
                location: Some(*location),
                ..fields(Level::ERROR, what, "work_panicked")
            },
            #[cfg(feature = "shutdown")]
            Self::ShutdownPhase { phase, elapsed, .. } => Fields {
                elapsed: Some(*elapsed),
                ..fields(Level::INFO, "shutdown", phase)
            },
            #[cfg(feature = "shutdown")]
            Self::NodeStopped {
                node,
                outcome,
                budget,
                took,
                ..
            } => Fields {
                limit: Some(*budget),
                elapsed: *took,
                ..fields(level_of(outcome), node, outcome)
            },
            Self::CleanupLost { location } => Fields {
                location: Some(*location),
                ..fields(Level::ERROR, "cleanup", "cleanup_lost")
            },
        }
    }
}

/// Adds the time that was allowed and the time that was used.
fn spent(
    guard: &'static str,
    cause: &'static str,
    (limit, elapsed): (&Duration, &Duration),
    location: &Location,
) -> Fields {
    Fields {
        limit: Some(*limit),
        elapsed: Some(*elapsed),
        location: Some(*location),
        ..fields(Level::WARN, guard, cause)
    }
}

fn trip(level: Level, tripped: &Tripped) -> Fields {
    let (cause, limit, elapsed) = cause(tripped.cause());
    Fields {
        limit,
        elapsed,
        location: Some(tripped.location()),
        ..fields(level, tripped.scope(), cause)
    }
}

/// Fields with nothing optional set.
fn fields(level: Level, guard: &'static str, cause: &'static str) -> Fields {
    Fields {
        level,
        guard,
        cause,
        limit: None,
        elapsed: None,
        location: None,
        thread: None,
    }
}

/// The level for a node's outcome.
#[cfg(feature = "shutdown")]
fn level_of(outcome: &str) -> Level {
    match outcome {
        "done" => Level::INFO,
        "panicked" => Level::ERROR,
        _ => Level::WARN,
    }
}
