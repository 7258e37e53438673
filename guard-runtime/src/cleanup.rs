//! Cleanups, which run when a scope is left, and shields.
//!
//! A cleanup runs exactly once on every way out, and is told which one it was. It runs behind a wall: only its own
//! budget counts in it, not those around. A panic in a cleanup hides no other panic and never aborts.
//!
//! - `deferred.rs`: `Exit`, `defer`, and the `cleanup` of an attribute; `defer.rs`: the macro;
//! - `named.rs`: a `cleanup` that is a path, which must return nothing;
//! - `covered.rs`: the `cleanup` of a future whose body stays in place;
//! - `cleanup_future.rs`: cleanups that are awaited, or spawned if their future is dropped;
//! - `shield.rs`: shields, and the time that they and cleanups may take;
//! - `pending.rs`: deferred calls that a leak check counts.

pub(crate) mod cleanup_future;
pub(crate) mod covered;
mod defer;
pub(crate) mod deferred;
pub(crate) mod named;
#[cfg(feature = "testing")]
pub(crate) mod pending;
pub(crate) mod shield;
