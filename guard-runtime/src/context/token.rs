//! Tokens: whoever holds one can stop the work that looks at it.
//!
//! - `tree.rs`: the protocol by which a tree of tokens cancels in one step, and its ordering argument.
//! - `handle.rs`: [`CancelToken`](handle::CancelToken), what users hold, and the future that waits for one.
//! - `delay.rs`: the alarm of `cancel_after`.
//! - `model.rs`: the loom model of `tree.rs`.

#[cfg(not(guard_loom))]
pub(crate) mod delay;
#[cfg(not(guard_loom))]
pub(crate) mod handle;
#[cfg(all(test, guard_loom))]
mod model;
pub(crate) mod tree;
