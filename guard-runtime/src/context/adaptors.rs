//! Checks where the attribute cannot put one: in readers, writers, iterators and streams that foreign code
//! drives.
//!
//! - `checked.rs`: readers and writers; a trip is an `io::Error`.
//! - `guarded.rs`: iterators and streams; a trip is the last item.
//! - `last.rs`: the trip itself, where foreign code has lost it.

pub(crate) mod checked;
pub(crate) mod guarded;
pub(crate) mod last;
