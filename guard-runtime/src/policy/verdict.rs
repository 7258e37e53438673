//! What the end of a call says about what it called.
//!
//! | the call | verdict |
//! |---|---|
//! | returned in time | success |
//! | returned an error that the breaker counts | failure |
//! | tripped by a budget of its own | failure |
//! | returned after its budget was spent | as if it had been cut short |
//! | was cut short by a budget further out, or dropped | failure if it had run for half of its own time or more, else neutral |
//! | was dropped, and has no time budget of its own | failure |
//! | panicked | failure |
//! | was cancelled, ended by a shutdown, or refused by another policy | neutral |
//!
//! A call's *own* budget is that of the guarded function whose attribute names the breaker. For a call by
//! `Breaker::run`, it is that of a scope opened directly in the call, and the half of the time that must have
//! passed is that of the scope directly around it.

use crate::policy::around::{self, TimeBudget};
use crate::trip::tripped::Cause;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Success,
    Failure,
    Neutral,
}

/// Which scope is the call's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// A scope that is opened directly in it.
    Inside,
    /// The scope directly around it.
    Around,
}

impl Own {
    /// The depth of the call's own scope, if `open` scopes are open around the call.
    pub(super) fn depth(self, open: u32) -> u32 {
        match self {
            Self::Inside => open,
            Self::Around => open.saturating_sub(1),
        }
    }
}

/// When a call began, and the number of the last trip by then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) at: u64,
    pub(super) trips: u64,
}

/// The verdict on a call that has returned to where it began, on the same thread: by itself (`error` tells whether
/// with an error that counts), or by unwinding from a trip (`None`).
pub(super) fn on_return(begun: Begun, own: Own, error: Option<bool>) -> Verdict {
    let depth = own.depth(around::depth());
    let trips = around::tripped_since(begun.trips, depth);
    if let Some(cause) = trips.around {
        return on_cut(cause, begun, around::budget());
    }
    if let Some(cause) = trips.own {
        return on_own(cause);
    }
    if error != Some(false) {
        // The error may be a trip of a scope deeper in the call, or derived from one.
        return trips.last.map_or(Verdict::Failure, on_own);
    }
    match around::overdue() {
        None => Verdict::Success,
        Some(owner) if owner == depth => Verdict::Failure,
        Some(_) => by_share(begun, around::budget()),
    }
}

/// The verdict on a future that is dropped before its end. The budget is that of the scope around its first poll;
/// the trip since its last poll on this thread, if there is one, is the reason.
pub(super) fn on_drop(begun: Begun, budget: Option<TimeBudget>) -> Verdict {
    let trips = around::tripped_since(begun.trips, u32::MAX);
    match trips.last {
        Some(cause) => on_cut(cause, begun, budget),
        None if budget.is_none() => Verdict::Failure,
        None => by_share(begun, budget),
    }
}

fn on_own(cause: Cause) -> Verdict {
    if blames_the_call(cause) {
        Verdict::Failure
    } else {
        Verdict::Neutral
    }
}

fn on_cut(cause: Cause, begun: Begun, budget: Option<TimeBudget>) -> Verdict {
    if blames_the_call(cause) {
        by_share(begun, budget)
    } else {
        Verdict::Neutral
    }
}

/// Whether a trip with this cause may say something about what ran, and not only about who stopped it.
pub(super) fn blames_the_call(cause: Cause) -> bool {
    // Without a wildcard, so that every new cause needs a decision.
    match cause {
        Cause::Timeout { .. }
        | Cause::Iterations { .. }
        | Cause::Cpu { .. }
        | Cause::Depth { .. }
        | Cause::All { .. } => true,
        Cause::Refused { .. }
        | Cause::Full
        | Cause::Cancelled { .. }
        | Cause::ScopeEnded
        | Cause::Shutdown => false,
    }
}

/// Whether the trip's cause says that the work is not wanted any more.
pub(super) fn ends_the_work(cause: Cause) -> bool {
    // Without a wildcard, as above.
    match cause {
        Cause::Timeout { .. }
        | Cause::Iterations { .. }
        | Cause::Cpu { .. }
        | Cause::Depth { .. }
        | Cause::All { .. }
        | Cause::Refused { .. }
        | Cause::Full => false,
        Cause::Cancelled { .. } | Cause::ScopeEnded | Cause::Shutdown => true,
    }
}

/// A failure if the call has run for at least half of the budget.
fn by_share(begun: Begun, budget: Option<TimeBudget>) -> Verdict {
    let Some(TimeBudget { limit, start }) = budget else {
        return Verdict::Neutral;
    };
    let ran = around::now().saturating_sub(begun.at.max(start));
    if ran >= limit / 2 {
        Verdict::Failure
    } else {
        Verdict::Neutral
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{blames_the_call, ends_the_work};
    use crate::trip::tripped::Cause;

    #[test]
    fn every_cause_is_decided_on() {
        let (limit, elapsed) = (Duration::ZERO, Duration::ZERO);
        let all = Cause::All {
            time: None,
            cpu: None,
            iterations: None,
            depth: None,
        };
        let reason = "client gone";
        // For each cause: whether it says something about what ran, and whether the work is not wanted any more.
        let table = [
            (Cause::Timeout { limit, elapsed }, true, false),
            (Cause::Iterations { limit: 0 }, true, false),
            (
                Cause::Cpu {
                    limit,
                    used: elapsed,
                },
                true,
                false,
            ),
            (Cause::Depth { limit: 0 }, true, false),
            (all, true, false),
            (Cause::Refused { retry_after: limit }, false, false),
            (Cause::Full, false, false),
            (Cause::Cancelled { reason }, false, true),
            (Cause::ScopeEnded, false, true),
            (Cause::Shutdown, false, true),
        ];
        for (cause, blames, ends) in table {
            assert_eq!(blames_the_call(cause), blames, "{cause:?}");
            assert_eq!(ends_the_work(cause), ends, "{cause:?}");
        }
    }
}
