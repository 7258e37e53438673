//! Scopes of futures.
//!
//! The scope of a guarded future is on the stack of a thread while it is polled there, and in the future
//! between two polls. While it waits it has an alarm, so that its task is woken at the deadline whoever
//! executes it: the ticker's, or a timer of the tokio runtime around where a test may stop that runtime's
//! clock.
//!
//! - `polled.rs`: a body that is a future of its own inside the guarded one, which any code may suspend;
//! - `in_place.rs`: a body that stays where it was written, and whose awaits are all known;
//! - `kept.rs`: what both keep from one poll to the next;
//! - `poller.rs`: one poll: whose scopes it sees, and that the stack is left as it was;
//! - `waiting.rs`, `timer.rs`: the entry in the lists of alarms, from the first `Pending` on;
//! - `carried.rs`: a scope that goes from one future to the next;
//! - `left.rs`: how the body asks to be left;
//! - `quantum.rs`: `yield_every`.

#[cfg(feature = "tower")]
pub(crate) mod carried;
pub(crate) mod in_place;
pub(crate) mod kept;
pub(crate) mod left;
pub(crate) mod polled;
pub(crate) mod poller;
pub(crate) mod quantum;
#[cfg(feature = "tokio")]
pub(crate) mod timer;
pub(crate) mod waiting;
