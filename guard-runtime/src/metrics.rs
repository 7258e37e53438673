//! Numbers for the `metrics` facade (feature `metrics`).
//!
//! | metric | what |
//! |---|---|
//! | `loop_guard_entered_total{guard}` | scopes that were opened; those of a guard that is off are not |
//! | `loop_guard_fired_total{guard,cause}` | trips, each activation once |
//! | `loop_guard_overdue_total{guard}` | scopes that the watchdog has found overdue, from zero on |
//! | `loop_guard_active` | scopes that are open |
//! | `loop_guard_trip_latency_seconds` | from the deadline to the check that tripped |
//! | `loop_guard_run_seconds{guard}` | how long one scope in 64 took, of each guard and thread the first one |
//! | `loop_guard_shutdown_nodes_total{node,outcome}` | nodes, flush hooks and work in flight of a shutdown, by what became of them |
//! | `loop_guard_shutdown_node_seconds{node}` | how long the last of that name took to stop, if it ended |
//! | `loop_guard_shutdown_phase_seconds{phase}` | from the shutdown's beginning to that of the phase |
//!
//! `policy/numbers.rs` tells what policies are at, beside these.
//!
//! The room promises that a counter tells every entry and every trip, also of the time before a recorder was
//! installed, and that nobody waits for a recorder but the ticker's thread, which publishes each second. A counter is
//! therefore set to its total, and never added to. Of what is measured, and not counted, a second keeps a bounded part,
//! and a recorder hears of what was measured since it is there.
//!
//! - `ledger.rs`: what happens seldom, and is written down as it happens;
//! - `recorder.rs`: the recorder that is installed;
//! - `publish.rs`: the totals of all threads, to the recorder;
//! - `shutdown.rs`: what became of the nodes of a shutdown, published as it happens.

pub(crate) mod ledger;
pub(crate) mod publish;
pub(crate) mod recorder;
#[cfg(feature = "shutdown")]
pub(crate) mod shutdown;
