//! What runs when a scope is left, and walls around it.

pub(crate) mod cleanup_future;
pub(crate) mod deferred;
pub(crate) mod shield;
