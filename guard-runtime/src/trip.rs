//! The error, what happened as events, what tripped on a thread, and trips that unwind.

pub(crate) mod boundary;
pub(crate) mod hook;
pub(crate) mod log;
pub(crate) mod tripped;
