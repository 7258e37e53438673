//! Alarms: which task is woken when. They belong to the scopes of futures that wait.
//!
//! This room promises that no alarm and no waker is forgotten, that no waker runs under a lock, and that a hundred
//! thousand waiting scopes cost the ticker no more than their alarms. It is built on `stack`, for what is kept of a
//! scope, and on `time`; the ticker's thread (`driver.rs`) fires the alarms.
//!
//! - `alarms.rs`: all lists of the process: setting, rounding, firing, and what a snapshot sees.
//! - `list.rs`: one list; `blocks.rs`: the storage of its waiters.
//! - `paused.rs`: the same for the paused clock of a test (feature `testing`).

pub(crate) mod alarms;
mod blocks;
pub(crate) mod list;
#[cfg(feature = "testing")]
pub(crate) mod paused;
