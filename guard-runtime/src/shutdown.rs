//! The exit of a process: everything that runs is stopped in order, within the grace period.
//!
//! Between SIGTERM and SIGKILL a process has some seconds. A [`Shutdown`] divides them: it stops **nodes** (an HTTP
//! server, a queue, a database), users before what they use and independent ones at once, each within a budget of
//! its own. A node that overruns is cut short at its next check and reported; those after it start all the same,
//! none is skipped. The **last 100 ms** of the grace belong to `flush` hooks, whatever still hangs.
//!
//! Built on [`Budget`](crate::Budget) alone. `plan.rs` decides which node starts when and how long it may take, and
//! is pure; `state.rs` holds what is registered and how far it has come; `coordinator.rs` is the public interface;
//! `stopping.rs` runs the plan on threads; `tracker.rs` knows the work in flight, which ends or is stopped before
//! any node; `node.rs` is the handle of a node, `awaited.rs` polls those that are futures; `telling.rs` tells
//! events; `last.rs` flushes, and ends a process that does not end; `signals.rs` receives signals of the operating
//! system; `report.rs` is the result.
//!
//! The idea of nodes with budgets comes from Go's `fx` and from `tokio-graceful-shutdown`; unlike in those, no node
//! is skipped when an earlier one overran.

pub(crate) mod awaited;
pub(crate) mod coordinator;
pub(crate) mod last;
pub(crate) mod node;
pub(crate) mod plan;
pub(crate) mod report;
pub(crate) mod signals;
pub(crate) mod state;
pub(crate) mod stopping;
pub(crate) mod telling;
pub(crate) mod tracker;

pub use coordinator::Shutdown;
pub use node::Node;
pub use report::{Outcome, Reason, Report, Row};
pub use tracker::Tracker;
