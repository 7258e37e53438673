//! Scopes without the attribute, and budgets that are decided at run time.
//!
//! A [`Budget`] describes what a scope may spend. `limits.rs` builds one, `run.rs` opens its scope around a closure
//! or a future, `granted.rs` opens it in a function with `#[loop_guard(budget = ..)]`; `waits.rs` wakes a future whose
//! token is cancelled.

pub(crate) mod granted;
pub(crate) mod limits;
pub(crate) mod run;
pub(crate) mod waits;
