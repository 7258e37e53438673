//! Guarded futures, one concern a module, on any executor: by hand, `futures::executor` and `smol`.
//!
//! `tests/without_tokio` compiles the same files where the feature `tokio` is off.
#![allow(
    clippy::await_holding_refcell_ref,
    clippy::ignored_unit_patterns,
    clippy::manual_async_fn,
    clippy::needless_continue,
    clippy::elidable_lifetime_names,
    clippy::needless_lifetimes,
    clippy::never_loop,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::type_complexity,
    clippy::unchecked_time_subtraction,
    clippy::unused_async,
    clippy::while_immutable_condition,
    reason = "code as people write it, not as we would"
)]

mod alarms;
mod bad_input;
mod by_hand;
mod cleanup;
mod cleanup_async;
mod counting;
mod deadlines;
mod forms;
mod leaving;
mod listing;
mod nesting;
mod sweep;
mod threads;
mod turns;
