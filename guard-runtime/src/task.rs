//! Scopes of futures.

pub(crate) mod blocking;
pub(crate) mod polled;
pub(crate) mod poller;
pub(crate) mod quantum;
#[cfg(feature = "tokio")]
pub(crate) mod timer;
pub(crate) mod waiting;
