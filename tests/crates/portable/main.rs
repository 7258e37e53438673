//! Guarded futures without tokio.
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

#[path = "../../futures/any_executor/mod.rs"]
mod any_executor;
