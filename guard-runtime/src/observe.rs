//! What is open at a moment.

pub(crate) mod snapshot;
