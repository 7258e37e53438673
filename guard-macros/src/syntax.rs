//! Questions about syntax, and the one walk that asks them. Nothing here edits or rejects.

pub(crate) mod calls;
pub(crate) mod diverge;
pub(crate) mod target;
pub(crate) mod walk;
