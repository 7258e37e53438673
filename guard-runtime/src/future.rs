//! Scopes of futures.
//!
//! The scope of a guarded future is on a thread's stack while it is polled there, and in the future itself between
//! two polls. While the future waits it has an alarm, so that its task is woken at the deadline on any executor.
//! The ticker fires the alarm or, where a test can stop the clock of the tokio runtime, a timer of that runtime.
//!
//! - `polled.rs`: a body that is a future of its own inside the guarded one, which any code may suspend;
//! - `in_place.rs`: a body that stays where it was written, and whose awaits are all known;
//! - `kept.rs`: what both keep from one poll to the next;
//! - `poller.rs`: one poll: which scopes it sees, and how the stack is restored after it;
//! - `waiting.rs`, `timer.rs`: the entry in the lists of alarms, from the first `Pending` on;
//! - `carried.rs`: a scope that passes from one future to the next;
//! - `shared.rs`: what tells others that the scope has ended;
//! - `leave.rs`: how the body asks to be left;
//! - `quantum.rs`: `yield_every`.

#[cfg(feature = "tower")]
pub(crate) mod carried;
pub(crate) mod in_place;
pub(crate) mod kept;
pub(crate) mod leave;
pub(crate) mod polled;
pub(crate) mod poller;
pub(crate) mod quantum;
pub(crate) mod shared;
#[cfg(feature = "tokio")]
pub(crate) mod timer;
pub(crate) mod waiting;
