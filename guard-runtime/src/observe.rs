//! Snapshots: what is open at a moment, and the status of the policies that have been called.
//!
//! A snapshot reads the stacks of all threads and the list of waiting futures. It takes no lock that a check, an
//! entry or an exit would wait for: `stack/reading.rs` explains how.

#[cfg(feature = "serde")]
mod serialize;
pub(crate) mod snapshot;
mod table;
