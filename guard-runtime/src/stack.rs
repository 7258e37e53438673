//! The open scopes of one thread: frames, the deadline that counts, and who reads them.

#[cfg(not(guard_loom))]
pub(crate) mod frame;
pub(crate) mod frames;
#[cfg(not(guard_loom))]
pub(crate) mod late;
pub(crate) mod reading;
pub(crate) mod slot;
