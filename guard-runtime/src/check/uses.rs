//! How much of its budgets a scope has used, and whether that is too much.

use core::time::Duration;

use crate::time::clock;
use crate::time::cpu::until_next_look;
use crate::trip::tripped::{Cause, Use};

/// How much a scope has used of each budget that it has.
pub(super) struct Uses {
    pub(super) time: Option<Use<u64>>,
    pub(super) cpu: Option<Use<u64>>,
    pub(super) checks: Option<Use<u64>>,
    pub(super) depth: Option<Use<u64>>,
}

impl Use<u64> {
    pub(super) fn is_spent(&self) -> bool {
        self.used > self.limit
    }

    fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    fn durations(self) -> Use<Duration> {
        Use {
            limit: Duration::from_nanos(self.limit),
            used: Duration::from_nanos(self.used),
        }
    }
}

impl Uses {
    /// Spent if any budget is.
    pub(super) fn alone(&self) -> Result<u64, Cause> {
        if let Some(Use { limit, .. }) = self.depth.filter(Use::is_spent) {
            return Err(Cause::Depth { limit });
        }
        let Some(cpu) = self.cpu else {
            return Ok(u64::MAX);
        };
        if cpu.is_spent() {
            let Use { limit, used } = cpu.durations();
            return Err(Cause::Cpu { limit, used });
        }
        Ok(clock::now().saturating_add(until_next_look(cpu.limit, cpu.left())))
    }

    /// Spent if all budgets are. Nothing has to be looked at before the last of them can be spent.
    pub(super) fn together(&self) -> Result<u64, Cause> {
        let each = [self.time, self.cpu, self.checks, self.depth];
        let mut known = each.iter().flatten().peekable();
        if known.peek().is_some() && known.all(Use::is_spent) {
            return Err(Cause::All {
                time: self.time.map(Use::durations),
                cpu: self.cpu.map(Use::durations),
                iterations: self.checks,
                depth: self.depth,
            });
        }
        let unspent = |spent: &Option<Use<u64>>| spent.filter(|spent| !spent.is_spent());
        let time = unspent(&self.time).map(|time| time.left() + 1);
        let cpu = unspent(&self.cpu).map(|cpu| until_next_look(cpu.limit, cpu.left()));
        Ok(time
            .max(cpu)
            .map_or(u64::MAX, |wait| clock::now().saturating_add(wait)))
    }
}
