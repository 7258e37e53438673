//! Loops that run in strips.

pub(crate) mod adaptors;
pub(crate) mod cut;
pub(crate) mod indexed;
pub(crate) mod kind;
pub(crate) mod partner;
pub(crate) mod split;
pub(crate) mod stride;
pub(crate) mod watched;
