//! What to do when calls keep tripping (feature `policy`).
//!
//! A guard ends one call in time. A policy decides about the next ones: a [`Breaker`] stops calling what keeps
//! failing, a [`Bulkhead`] limits how many calls run at once, and a [`Retry`] repeats calls that have failed. Used
//! together: retry around breaker around bulkhead, all within the budget.
//!
//! # Where to look
//!
//! | file | what it is |
//! |---|---|
//! | `breaker.rs` | [`Breaker`], as it is used |
//! | `meter.rs` | a breaker without its judge: what it lets through and counts |
//! | `circuit.rs` | its state word and every transition; why late outcomes change nothing |
//! | `window.rs` | how the calls of the last seconds ended |
//! | `counter.rs` | a count that belongs to one generation |
//! | `settings.rs` | the settings of a breaker |
//! | `call.rs` | a call in progress, until it is counted |
//! | `verdict.rs` | what a way out says about what was called |
//! | `judge.rs` | which returned values are failures |
//! | `refusal.rs` | the error of a call that was not made |
//! | `registry.rs` | which policies there are |
//! | `status.rs` | what each is at, for snapshots |
//! | `numbers.rs`, `tally.rs` | what they are at, and what they did, for metrics |
//! | `bulkhead.rs` | [`Bulkhead`]: permits, and who holds one |
//! | `permits.rs` | what a bulkhead counts |
//! | `queue.rs` | its queue: why no waiter is overtaken or forgotten |
//! | `retry.rs` | [`Retry`]: when another attempt makes sense |
//! | `tokens.rs` | how many retries a place in the code may make |
//! | `chain.rs` | [`chain`]: fallbacks tried in order |
//! | `layer.rs` | [`PolicyLayer`]: a breaker or a bulkhead around a service of tower |
//! | `progress.rs` | [`Progress`]: how far a batch got before it was cut short |
//! | `pause.rs` | waiting on a thread, within the budget |
//! | `woven.rs` | the same around the body of a guarded function, for expansions |
//! | `taken.rs` | which arguments such a body must not move out |
//! | `around.rs` | what policies ask of the scopes around them |
//! | `chance.rs` | jitter |
//!
//! It is built on scopes and trips alone, and no room above it knows of it.

mod around;
mod breaker;
mod bulkhead;
mod call;
mod chain;
mod chance;
mod circuit;
mod counter;
mod judge;
#[cfg(feature = "tower")]
mod layer;
pub(crate) mod meter;
#[cfg(feature = "metrics")]
mod numbers;
mod pause;
pub(crate) mod permits;
mod progress;
mod queue;
mod refusal;
mod registry;
pub(crate) mod retry;
mod settings;
mod status;
pub(crate) mod taken;
#[cfg(feature = "metrics")]
mod tally;
pub(crate) mod tokens;
mod verdict;
mod window;
pub(crate) mod woven;

#[cfg(all(test, guard_loom))]
mod model;
#[cfg(all(test, feature = "testing"))]
mod sequential;

pub use breaker::Breaker;
pub use bulkhead::Bulkhead;
pub use chain::{Answer, Beginning, Chain, Steps, Then, Time, chain};
pub use judge::{Errors, Judge, Trips};
#[cfg(feature = "tower")]
pub use layer::{PolicyLayer, PolicyService};
pub use progress::Progress;
pub use retry::Retry;
pub use status::{BreakerStatus, BulkheadStatus};

pub use crate::trip::policy_event::{PolicyEvent, State};
