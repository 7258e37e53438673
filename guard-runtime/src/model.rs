//! Loom models: they run the code of `time` and `stack` in every order of threads and memory accesses.
//!
//! ```text
//! RUSTFLAGS="--cfg guard_loom" cargo test -p guard-runtime --features policy --release --lib model::
//! ```
//!
//! Each model lists the changes of the code that it was seen to catch.
//!
//! - `asking.rs`: the ticker, and the threads that ask it for ticks.
//! - `never_early.rs`: scopes that open without a clock read.
//! - `reading.rs`: what other threads read of a stack.
//! - `process.rs`, `explore.rs`: what the models share.

mod asking;
mod explore;
mod never_early;
mod process;
mod reading;
