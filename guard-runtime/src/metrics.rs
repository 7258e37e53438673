//! Numbers for the `metrics` facade (feature `metrics`).
//!
//! The documentation of the crate lists them; `policy/numbers.rs` adds those of policies.
//!
//! The room promises that counters include every entry and every trip, also those from before a recorder was installed,
//! and that no thread except the ticker's, which publishes each second, waits for the recorder. So a counter is set to
//! its total and never incremented. Measurements are bounded for each second, and begin with the recorder.
//!
//! - `ledger.rs`: rare events, recorded as they happen;
//! - `recorder.rs`: how the recorder that is installed is called;
//! - `publish.rs`: publishes the totals of all threads;
//! - `shutdown.rs`: what became of the nodes of a shutdown, published as it happens.

pub(crate) mod ledger;
pub(crate) mod publish;
pub(crate) mod recorder;
#[cfg(feature = "shutdown")]
pub(crate) mod shutdown;
