//! Behaviour of guarded functions, one concern a module.
//!
//! Time stands still in these tests ([`test_clock::Paused`]): none of them sleeps or measures.

mod arguments;
mod bad_input;
mod cleanup;
mod defer;
mod events;
mod every_trip;
mod functions;
mod leaving;
mod planned_walls;
mod scopes;
#[cfg(feature = "rust_1_88")]
mod shape_chains;
mod shapes;
mod shield;
mod short_scopes;
#[macro_use]
mod strips;
mod strips_of_few;
mod sweep;
mod test_clock;
mod trace;
mod tripped;
mod ways_out;
