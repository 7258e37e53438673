//! What several test targets share.
//!
//! - [`Paused`]: the stopped clock of this thread.
//! - [`events`]: the events that the hook has received, thread by thread. A process has one hook, which this module
//!   sets.
//! - [`exits`]: the ways out of a function with a cleanup, and what its cleanups were told.
//! - [`Random`]: pseudo-random numbers, the same in each run.
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
