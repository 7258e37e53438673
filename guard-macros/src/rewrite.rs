//! Edits a function by its plan.

pub(crate) mod blocking;
pub(crate) mod cleanup;
pub(crate) mod future;
pub(crate) mod instrument;
