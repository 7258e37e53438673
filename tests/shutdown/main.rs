//! Shutdown: nodes in order, each within its budget; flush hooks; signals in child processes.
//!
//! Bounds on how long something takes have slack for a loaded machine; what must not happen early has none.

mod bad_input;
mod events;
mod futures;
mod in_flight;
mod nodes;
#[cfg(unix)]
mod signals;
