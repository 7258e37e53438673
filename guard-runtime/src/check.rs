//! Checks: the hot comparison, its cold path, and entering a scope, which is a check as well.
//!
//! A check costs a load, a compare and a branch until the epoch moves. The cold path then compares the clock with
//! the earliest deadline of the thread's stack, asks the ticker for a tick at that time, and trips if it has
//! passed. It never trips early, and a scope that has tripped trips at each further check.
//!
//! - `tick.rs`: the check, and its cold path;
//! - `enter.rs`: opening a scope, hot and cold; `off.rs`: one whose guard is off; `root.rs`: hiding those around;
//! - `noticed.rs`: the trip that was noticed before, and the check of a result;
//! - `probe.rs`: how a function leaves when it trips, by its return type; `tried.rs`: whether `?` leaves it;
//! - `iterations.rs`: iteration budgets of functions; `counted.rs`: those of scopes that are opened by hand;
//! - `query.rs`: what guarded code asks by hand: `checkpoint`, `remaining`, `deadline`;
//! - `account.rs`: what a scope may spend besides time and iterations; `accounts.rs`: the accounts of a thread;
//! - `uses.rs`: whether a scope with several budgets has spent one of them, or all;
//! - `warn.rs`: `warn_at`; `give_back.rs`: `pauses = "ignore"`;
//! - `fault.rs`: checks that trip because a test says so.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod counted;
pub(crate) mod enter;
#[cfg(feature = "testing")]
pub(crate) mod fault;
mod give_back;
pub(crate) mod iterations;
pub(crate) mod noticed;
pub(crate) mod off;
pub(crate) mod probe;
pub(crate) mod query;
pub(crate) mod root;
pub(crate) mod tick;
pub(crate) mod tried;
pub(crate) mod uses;
pub(crate) mod warn;
