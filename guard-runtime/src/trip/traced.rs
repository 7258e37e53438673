//! Events for `tracing`, from the thread and inside the span to which they happened (feature `tracing`).

use core::fmt::Display;
use core::time::Duration;

use tracing::{Level, dispatcher};

use crate::base::location::Location;

/// What a subscriber is told, besides the line.
pub(crate) struct Fields {
    pub(crate) level: Level,
    /// The name of the scope, or what else it happened to.
    pub(crate) guard: &'static str,
    /// In one word.
    pub(crate) cause: &'static str,
    pub(crate) limit: Option<Duration>,
    pub(crate) elapsed: Option<Duration>,
    /// Where it was noticed, or where that is written to which it happened.
    pub(crate) location: Option<Location>,
    /// The name of the thread, if that is not this one.
    pub(crate) thread: Option<String>,
}

/// Whether anybody listens.
pub(crate) fn is_on() -> bool {
    dispatcher::has_been_set()
}

/// Tells the subscriber of this thread.
pub(crate) fn emit(fields: &Fields, line: &dyn Display) {
    macro_rules! emit {
        ($level:ident) => {{
            let current = std::thread::current();
            let thread = fields.thread.as_deref().or(current.name()).unwrap_or("unnamed");
            let (limit_ms, elapsed_ms) = (fields.limit.map(millis), fields.elapsed.map(millis));
            let location = fields.location.map(tracing::field::display);
            tracing::event!(
                target: "loop_guard",
                Level::$level,
                guard = fields.guard,
                cause = fields.cause,
                limit_ms,
                elapsed_ms,
                location,
                thread,
                "{line}"
            );
        }};
    }
    match fields.level {
        Level::ERROR => emit!(ERROR),
        Level::WARN => emit!(WARN),
        _ => emit!(INFO),
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
