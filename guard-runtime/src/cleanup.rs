//! What runs when a scope is left, and shields.

pub(crate) mod cleanup_future;
pub(crate) mod deferred;
#[cfg(feature = "testing")]
pub(crate) mod pending;
pub(crate) mod shield;
