//! What several test targets share.
//!
//! - [`Paused`]: this thread's clock, stopped.
//! - [`events`]: what the hook was told, thread by thread; a process has one hook, and this is the one.
//! - [`exits`]: the ways out of a function with cleanup, and what its cleanups were told.
//! - [`Random`]: the same numbers in each run.
#![allow(
    clippy::must_use_candidate,
    reason = "what was told is also taken to forget it"
)]

pub mod events;
pub mod exits;
mod paused;
mod random;

pub use paused::Paused;
pub use random::Random;
