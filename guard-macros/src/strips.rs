//! Which loops run in strips, and over what.

pub(crate) mod plain;
pub(crate) mod strip;
#[cfg(test)]
mod strip_table;
pub(crate) mod undecided;
