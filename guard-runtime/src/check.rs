//! Checks: entering a scope, the hot comparison and its cold path, the ways out.

pub(crate) mod enter;
#[cfg(feature = "testing")]
pub(crate) mod fault;
pub(crate) mod iterations;
pub(crate) mod probe;
pub(crate) mod query;
pub(crate) mod tick;
pub(crate) mod warn;
