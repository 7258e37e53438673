//! Shutdown: nodes in order, each within its budget; flush hooks; signals in child processes.
//!
//! Upper bounds on durations leave room for a loaded machine; lower bounds are exact.

mod bad_input;
mod events;
#[cfg(target_os = "linux")]
mod forks;
mod futures;
mod in_flight;
mod nodes;
#[cfg(unix)]
mod signals;
#[cfg(feature = "tracing")]
mod traced;

use std::thread;
use std::time::Duration;

use guard_runtime::shutdown::{Outcome, Report};

/// A grace that no machine is too slow for.
const LONG: Duration = Duration::from_secs(600);

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A node that should be cut is given up 20 ms after its budget, and then it has overrun: also if its thread had no
/// processor for so long.
fn in_time(scenario: impl Fn() -> Report) -> Report {
    for _ in 0..100 {
        let report = scenario();
        if report.nodes().all(|row| row.outcome() != Outcome::Overran) {
            return report;
        }
        thread::sleep(ms(10));
    }
    panic!("a hundred times, a node had no processor for 20 ms");
}
