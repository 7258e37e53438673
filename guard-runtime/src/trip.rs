//! The error, what happened as events, and what tripped on a thread.

pub(crate) mod hook;
pub(crate) mod record;
pub(crate) mod tripped;
