//! The open scopes of a thread, and which deadline counts.
//!
//! A thread owns at most one stack, and only that thread writes to it; the ticker and the snapshot read it, without
//! a lock that entering or leaving would wait for. The room promises that what they read was true at some moment,
//! that the deadline that counts is the earliest of all open scopes above the innermost wall (the wall included),
//! and that nothing here panics while a thread exits. It is built on `time` and asks nobody for a tick; checks do
//! that.
//!
//! - `frame.rs`: one open scope; `frames.rs`: pushing and popping; `contents.rs`: what the thread asks about them;
//!   `reading.rs`: what other threads see; `sharing.rs`: a scope that work on other threads refers to.
//! - `due.rs`: the earliest deadline of a stack; `iterations.rs`: iterations that a frame counts; `runtime_clock.rs`:
//!   scopes that follow a tokio runtime's clock (feature `tokio`).
//! - `current.rs`: this thread's stack, and the epoch it saw last; `lease.rs`: where a thread's stack comes from;
//!   `exiting.rs`: scopes that destructors open at thread exit.
//! - `deadline.rs`: which deadline counts for this thread now. The one way to ask.
//! - `entries.rs`: how often a thread has entered each site; `timed.rs`: how long a scope took (feature `metrics`).
//! - `witness.rs`: what a thread and the watchdog tell each other.
//! - `scope.rs`: a scope as its code holds it; `wall.rs`: the walls of cleanups and shields.

pub(crate) mod contents;
pub(crate) mod current;
pub(crate) mod deadline;
pub(crate) mod due;
pub(crate) mod entries;
pub(crate) mod exiting;
pub(crate) mod frame;
pub(crate) mod frames;
pub(crate) mod iterations;
pub(crate) mod lease;
pub(crate) mod reading;
#[cfg(feature = "tokio")]
pub(crate) mod runtime_clock;
pub(crate) mod scope;
pub(crate) mod sharing;
pub(crate) mod timed;
pub(crate) mod wall;
pub(crate) mod witness;
