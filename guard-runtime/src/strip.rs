//! Loops that run in strips.

pub(crate) mod adaptors;
pub(crate) mod indexed;
pub(crate) mod split;
pub(crate) mod stride;
pub(crate) mod watched;
