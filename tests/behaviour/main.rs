//! Behaviour of guarded functions, one concern per module.
//!
//! A test about time pauses its thread's clock ([`harness::Paused`]) and moves it by `testing::advance`. Tests in
//! real time say so; they assert that nothing is early, and have no upper bounds.

mod arguments;
mod bad_input;
mod checks_outside;
mod cleanup;
mod defer;
mod events;
mod every_trip;
mod fallback_diverges;
mod functions;
mod late;
mod leaving;
mod scopes;
#[cfg(feature = "rust_1_88")]
mod shape_chains;
mod shapes;
mod shield;
mod short_scopes;
mod walls;
#[macro_use]
mod strips;
mod strips_of_few;
mod sweep;
mod test_clock;
mod trace;
mod tripped;
mod ways_out;
