//! Shutdown: nodes in order, each within its budget; flush hooks; signals in child processes.
//!
//! Upper bounds on durations leave room for a loaded machine; lower bounds are exact.

mod bad_input;
mod events;
mod futures;
mod in_flight;
mod nodes;
#[cfg(unix)]
mod signals;
#[cfg(feature = "tracing")]
mod traced;
