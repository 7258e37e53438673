//! The time: the clock a thread follows, the published epoch, and the protocol of the ticker.

#[cfg(not(guard_loom))]
pub(crate) mod clock;
pub(crate) mod epoch;
pub(crate) mod ticker;
