//! Guarded futures, one concern a module, on any executor: by hand, `futures::executor` and `smol`.
//!
//! `tests/without_tokio` compiles the same files where the feature `tokio` is off.

mod alarms;
mod bad_input;
mod by_hand;
mod cleanup;
mod counting;
mod deadlines;
mod forms;
mod leaving;
mod listing;
mod nesting;
mod sweep;
mod threads;
mod turns;
