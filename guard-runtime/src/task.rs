//! Scopes of futures.

pub(crate) mod blocking;
pub(crate) mod polled;
