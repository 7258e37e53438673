//! Events for `tracing`, sent on the thread and inside the span in which they happened (feature `tracing`).

use core::fmt::Display;
use core::time::Duration;

use tracing::{Level, dispatcher};

use crate::base::location::Location;

/// What a subscriber receives besides the line of text.
pub(crate) struct Fields {
    pub(crate) level: Level,
    /// The name of the scope, or of whatever else the event is about.
    pub(crate) guard: &'static str,
    /// What happened, in one word.
    pub(crate) cause: &'static str,
    pub(crate) limit: Option<Duration>,
    pub(crate) elapsed: Option<Duration>,
    /// Where it was noticed, or where the subject of the event was written.
    pub(crate) location: Option<Location>,
    /// The name of the thread, if it is not the current one.
    pub(crate) thread: Option<String>,
}

/// Whether anybody listens.
pub(crate) fn is_on() -> bool {
    dispatcher::has_been_set()
}

/// Sends an event to the subscriber of this thread.
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
