//! What a policy does, for the hook.

use core::fmt;
use core::time::Duration;

#[cfg(feature = "tracing")]
use tracing::Level;

use crate::base::location::Location;

/// The state of a breaker: what it does with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It lets every call through, and counts how they end.
    Closed,
    /// It refuses every call, until its retry time has passed.
    Open,
    /// It lets one call at a time through, to see how it ends, and refuses the rest.
    HalfOpen,
}

/// Prints `closed`, `open` or `half-open`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        })
    }
}

/// What a policy does besides refusing calls, in [`Event::Policy`](crate::Event::Policy). A refusal is an
/// [`Event::Tripped`](crate::Event::Tripped).
///
/// ```
/// use std::sync::mpsc;
/// use guard_runtime::policy::{Breaker, PolicyEvent, State};
/// use guard_runtime::{Event, set_hook};
///
/// static LEDGER: Breaker = Breaker::new().named("ledger");
///
/// let (sender, changes) = mpsc::channel();
/// set_hook(move |event| {
///     if let Event::Policy(PolicyEvent::BreakerChanged { name, to, .. }) = event {
///         _ = sender.send((*name, *to));
///     }
/// });
/// LEDGER.force_open();
/// assert_eq!(changes.recv().unwrap(), ("ledger", State::Open));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PolicyEvent {
    /// A breaker has changed its state: because of how a call ended, because it let the first probe through, or by
    /// hand.
    #[non_exhaustive]
    BreakerChanged {
        /// The name of the breaker.
        name: &'static str,
        /// The state before.
        from: State,
        /// The state now.
        to: State,
    },
    /// An attempt has failed, and another one will follow.
    #[non_exhaustive]
    Retrying {
        /// Where the retry is written.
        location: Location,
        /// The number of the attempt that follows; 2 is the first retry.
        attempt: u32,
        /// How long the retry waits before it.
        delay: Duration,
    },
    /// A call begins to wait for a permit.
    #[non_exhaustive]
    Queued {
        /// The name of the bulkhead.
        name: &'static str,
        /// How many calls wait, including this one.
        waiting: usize,
    },
}

#[cfg(feature = "tracing")]
impl PolicyEvent {
    /// The level, the name of the policy, and what happened in one word.
    pub(crate) fn described(&self) -> (Level, &'static str, &'static str) {
        match self {
            Self::BreakerChanged { name, to, .. } => match to {
                State::Closed => (Level::INFO, name, "closed"),
                State::Open => (Level::WARN, name, "opened"),
                State::HalfOpen => (Level::INFO, name, "half_opened"),
            },
            Self::Retrying { .. } => (Level::INFO, "retry", "retrying"),
            Self::Queued { name, .. } => (Level::INFO, name, "queued"),
        }
    }
}

impl fmt::Display for PolicyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BreakerChanged { name, from, to } => {
                write!(f, "loop guard: breaker {name} is {to}, and was {from}")
            }
            Self::Retrying {
                location,
                attempt,
                delay,
            } => write!(
                f,
                "loop guard: the retry at {location} makes attempt {attempt} after {delay:.3?}"
            ),
            Self::Queued { name, waiting } => {
                write!(f, "loop guard: {waiting} wait for bulkhead {name}")
            }
        }
    }
}
