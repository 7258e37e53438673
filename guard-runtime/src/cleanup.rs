//! What runs when a scope is left, and shields.
//!
//! A cleanup runs exactly once on every way out, and is told which one it was. It runs behind a wall: the
//! budgets around do not count in it, only its own. A panic in it hides nothing and never aborts.
//!
//! - `deferred.rs`: `Exit`, `defer`, and the `cleanup` of an attribute; `defer.rs`: the macro;
//! - `cleanup_future.rs`: cleanups that are awaited, or spawned if their future is dropped;
//! - `shield.rs`: shields, and the time that they and cleanups may take;
//! - `pending.rs`: deferred calls that a leak check counts.

pub(crate) mod cleanup_future;
mod defer;
pub(crate) mod deferred;
#[cfg(feature = "testing")]
pub(crate) mod pending;
pub(crate) mod shield;
