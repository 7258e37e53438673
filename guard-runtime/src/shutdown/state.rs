//! What is registered with a shutdown, and how far it has come.

use core::time::Duration;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use super::last::{FLUSH, Flush};
use super::plan::{Plan, Planned};
use super::report::{Outcome, Reason, Report};
use super::tracker::Work;
use crate::budget::limits::Budget;
use crate::trip::hook;
use crate::trip::tripped::Tripped;

pub(super) struct Inner {
    pub(super) flight: Arc<Work>,
    pub(super) state: Mutex<ShutdownState>,
    /// Notified when something in the state has changed.
    pub(super) changed: Condvar,
}

#[derive(Default)]
pub(super) struct ShutdownState {
    /// The grace that the program has set.
    pub(super) chosen: Duration,
    /// The grace from the environment, which takes precedence.
    pub(super) given: Option<Duration>,
    pub(super) lame_duck: Duration,
    /// How long work in flight may go on, if the program has set it.
    pub(super) drain: Option<Duration>,
    /// Whether it ends the process, since it hears the process's signals.
    pub(super) ends_process: bool,
    pub(super) nodes: Vec<RegisteredNode>,
    pub(super) flushes: Vec<Flush>,
    /// Whether the warning that the grace is too short was printed.
    pub(super) told: bool,
    pub(super) begun: Option<(Reason, Instant)>,
    /// Whether a second signal came.
    pub(super) hurried: bool,
    pub(super) ended: Vec<Ended>,
    pub(super) report: Option<Report>,
}

pub(super) struct RegisteredNode {
    pub(super) name: &'static str,
    pub(super) planned: Planned,
    pub(super) run: Option<Stop>,
}

/// Stops a node, in a scope with the budget.
pub(super) type Stop = Box<dyn FnOnce(&Budget, &Reason) -> Result<(), Tripped> + Send>;

/// A node that has ended.
pub(super) struct Ended {
    pub(super) node: usize,
    pub(super) outcome: Outcome,
    pub(super) took: Duration,
    pub(super) message: Option<String>,
}

impl ShutdownState {
    pub(super) fn grace(&self) -> Duration {
        self.given.unwrap_or(self.chosen)
    }

    pub(super) fn plan(&self) -> Plan {
        let mut plan = Plan::new(self.grace().saturating_sub(FLUSH));
        for node in &self.nodes {
            plan.add(node.planned.clone());
        }
        plan
    }

    pub(super) fn tell_if_too_short(&mut self) {
        let drain = self.drain.unwrap_or_default().saturating_add(FLUSH);
        let longest = self.plan().longest().saturating_add(drain);
        if longest > self.grace() && !self.told {
            self.told = true;
            hook::line(&format_args!(
                "loop guard: the shutdown's grace is {:?}, and its longest chain of nodes may take {longest:?}: \
                 the last of them get less than they ask for",
                self.grace()
            ));
        }
    }
}
