//! The status of a policy, as it is shown outside.

use core::fmt;
use core::time::Duration;

use crate::base::getters::getters;
use crate::trip::policy_event::State;

/// A breaker, when a [`snapshot`](crate::snapshot()) was taken.
///
/// ```
/// use guard_runtime::policy::{Breaker, State};
/// use guard_runtime::snapshot;
///
/// static LEDGER: Breaker = Breaker::new().named("ledger");
///
/// LEDGER.run(|| ()).unwrap();
/// let open = snapshot();
/// let ledger = open.breakers().iter().find(|breaker| breaker.name() == "ledger").unwrap();
/// assert_eq!((ledger.state(), ledger.calls(), ledger.failures()), (State::Closed, 1, 0));
/// assert_eq!(ledger.to_string(), "closed, 0 of 1 calls failed");
/// ```
#[derive(Debug, Clone)]
pub struct BreakerStatus {
    pub(super) name: &'static str,
    pub(super) state: State,
    pub(super) calls: u64,
    pub(super) failures: u64,
    pub(super) retry_after: Option<Duration>,
}

impl BreakerStatus {
    getters! {
        /// The name that it had at its first call.
        name: &'static str,

        /// Its state: what it did with calls.
        state: State,

        /// How many calls of its window it has counted since it was closed; zero while it is not closed.
        calls: u64,

        /// How many of them failed.
        failures: u64,

        /// For how much longer it refused calls, if it did: until its open time is over, or the lease of its probe.
        /// [`Duration::MAX`] if it was opened by hand.
        retry_after: Option<Duration>,
    }
}

/// Prints `closed, 3 of 120 calls failed`, or `open for another 3.2s`.
impl fmt::Display for BreakerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state;
        match (state, self.retry_after) {
            (State::Closed, _) => {
                write!(
                    f,
                    "{state}, {} of {} calls failed",
                    self.failures, self.calls
                )
            }
            (State::Open, None | Some(Duration::MAX)) => write!(f, "{state}, by hand"),
            (State::Open, Some(left)) => write!(f, "{state} for another {left:.1?}"),
            (State::HalfOpen, None) => write!(f, "{state}, the next call is a probe"),
            (State::HalfOpen, Some(_)) => write!(f, "{state}, a probe is under way"),
        }
    }
}

/// A bulkhead, when a [`snapshot`](crate::snapshot()) was taken.
///
/// ```
/// use guard_runtime::policy::Bulkhead;
/// use guard_runtime::snapshot;
///
/// static REPORTS: Bulkhead = Bulkhead::new(25).named("reports");
///
/// let open = REPORTS.run(snapshot).unwrap();
/// let reports = open.bulkheads().iter().find(|bulkhead| bulkhead.name() == "reports").unwrap();
/// assert_eq!((reports.permits(), reports.held(), reports.waiting()), (25, 1, 0));
/// assert_eq!(reports.to_string(), "1 of 25 permits held, 0 wait");
/// ```
#[derive(Debug, Clone)]
pub struct BulkheadStatus {
    pub(super) name: &'static str,
    pub(super) permits: u32,
    pub(super) held: u32,
    pub(super) waiting: usize,
}

impl BulkheadStatus {
    getters! {
        /// The name that it had at its first call.
        name: &'static str,

        /// How many permits it has in all.
        permits: u32,

        /// How many of them were held by calls.
        held: u32,

        /// How many calls waited for one.
        waiting: usize,
    }
}

/// Prints `25 of 25 permits held, 3 wait`.
impl fmt::Display for BulkheadStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            permits,
            held,
            waiting,
            ..
        } = self;
        write!(f, "{held} of {permits} permits held, {waiting} wait")
    }
}
