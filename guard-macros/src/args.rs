//! Turns the attribute's tokens into [`Args`](attribute::Args).
//!
//! This room judges the arguments alone and never sees the function. Each value keeps the key that named it, so
//! that a later stage can point an error at the key.
//!
//! - `attribute.rs`: all arguments of the attribute on a function or a block;
//! - `keys.rs`: messages that name them;
//! - `features.rs`: those that need a feature of guard-runtime;
//! - `duration.rs`: how `timeout` and the other durations are parsed;
//! - `cleanup.rs`: how the closure or path of `cleanup` is parsed;
//! - `value.rs`: how everything else is parsed;
//! - `pace.rs`: the attribute on a loop, `#[loop_guard(skip)]` and `#[loop_guard(every = 1024)]`.
//!
//! A new argument is a row in `attribute.rs` (and in `features.rs` if it needs one), and a field of the plan.

pub(crate) mod attribute;
pub(crate) mod cleanup;
pub(crate) mod duration;
pub(crate) mod features;
pub(crate) mod keys;
pub(crate) mod pace;
pub(crate) mod value;
