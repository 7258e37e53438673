//! Work that the attribute does not reach: other threads and tasks, code driven by foreign code, and waits.
//!
//! The room promises that each adaptor makes one check per call, at the cost of a load and a comparison, and that a
//! trip ends whatever drives it: foreign loops neither swallow it for ever nor repeat it. A wait ends with the
//! budget, and at once with a cancel. It is built on `check` and `cancel`.
//!
//! - `handover.rs`: scopes that are handed over (`model.rs` has its loom models); `threads.rs` and `tasks.rs` start
//!   work in them, and `started.rs` knows what runs.
//! - `checked.rs`: readers and writers; a trip is an `io::Error`.
//! - `guarded.rs`: iterators and streams; a trip is the last item.
//! - `last.rs`: the trip itself, if foreign code has lost it.
//! - `waits.rs`: sleeping, throttling, condition variables; `wake.rs` is what they wait with.

pub(crate) mod checked;
pub(crate) mod guarded;
pub(crate) mod handover;
pub(crate) mod last;
#[cfg(all(test, guard_loom))]
mod model;
#[cfg_attr(
    not(feature = "testing"),
    allow(
        dead_code,
        unreachable_pub,
        reason = "only `LeakCheck` shows what runs"
    )
)]
pub(crate) mod started;
#[cfg(feature = "tokio")]
pub(crate) mod tasks;
pub(crate) mod threads;
pub(crate) mod waits;
pub(crate) mod wake;
