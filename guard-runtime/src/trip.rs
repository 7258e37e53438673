//! The error, what happened as events, what tripped on a thread, and trips that unwind.

pub(crate) mod boundary;
pub(crate) mod event;
pub(crate) mod hook;
pub(crate) mod log;
#[cfg(feature = "tracing")]
pub(crate) mod traced;
pub(crate) mod tripped;
pub(crate) mod why;
