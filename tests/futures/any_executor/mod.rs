//! Guarded futures on any executor: by hand, `futures::executor` and `smol`.
//!
//! `tests/crates/portable` compiles the same files where tokio is no dependency.

mod alarms;
mod bad_input;
mod by_hand;
mod cleanup;
mod cleanup_async;
mod cleanup_in_place;
mod counting;
mod deadlines;
mod entry_points;
mod forms;
mod in_place;
mod leaving;
mod listing;
mod nesting;
mod strict;
mod sweep;
mod threads;
mod turns;
