//! Checks: entering a scope, the hot comparison and its cold path, the ways out.

pub(crate) mod enter;
pub(crate) mod leave;
pub(crate) mod scope;
