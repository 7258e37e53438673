//! Trips: the error, who is told of it, and how it unwinds.
//!
//! A check that finds a budget spent makes a [`Tripped`](tripped::Tripped), notes it on its thread for cleanups
//! that ask why they run, and tells the hook once per scope. Functions with a place for an error return it
//! (`check/probe.rs`); all others unwind to a boundary on the same thread, or panic with the report. Nothing here
//! panics while the thread is already unwinding.
//!
//! - `tripped.rs`: the error and its cause;
//! - `announce.rs`: the first trip of a scope is noted and told;
//! - `event.rs`: what can happen to a scope, `why.rs`: what a hanging thread is doing;
//! - `hook.rs`: who is told of events, `traced.rs`: subscribers of `tracing`, `fields.rs`: what they are told;
//! - `policy_event.rs`: what policies do;
//! - `late.rs`: results that come after the deadline;
//! - `log.rs`: what tripped on this thread, and what unwinds;
//! - `boundary.rs`: unwinding, and where it ends.

pub(crate) mod announce;
pub(crate) mod boundary;
pub(crate) mod event;
#[cfg(feature = "tracing")]
pub(crate) mod fields;
pub(crate) mod hook;
pub(crate) mod late;
pub(crate) mod log;
#[cfg(feature = "policy")]
pub(crate) mod policy_event;
#[cfg(feature = "tracing")]
pub(crate) mod traced;
pub(crate) mod tripped;
pub(crate) mod why;
