//! Checks where the attribute cannot put one, for work that foreign code drives.
//!
//! Promises: each adaptor checks once a call, at the cost of a load and a comparison, and a trip ends whatever
//! drives it: foreign loops neither swallow it for ever nor repeat it. Built on `check`.
//!
//! - `checked.rs`: readers and writers; a trip is an `io::Error`.
//! - `guarded.rs`: iterators and streams; a trip is the last item.
//! - `last.rs`: the trip itself, where foreign code has lost it.

pub(crate) mod checked;
pub(crate) mod guarded;
pub(crate) mod last;
