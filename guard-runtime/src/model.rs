//! Loom models: they run the code of `time` and `stack` itself, in every order of threads and memory accesses.
//!
//! ```text
//! RUSTFLAGS="--cfg guard_loom" cargo test -p guard-runtime --features policy --release --lib model::
//! ```
//!
//! Above each model stands what it was seen to catch when the code was changed so.
//!
//! - `asking.rs`: the ticker and the threads that ask it for ticks.
//! - `never_early.rs`: scopes that read no clock.
//! - `reading.rs`: other threads that read a stack.
//! - `process.rs`, `explore.rs`: what the models share.

mod asking;
mod explore;
mod never_early;
mod process;
mod reading;
