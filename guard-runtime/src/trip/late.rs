//! Scopes whose result comes after the deadline, and that no check noticed.
//!
//! Leaving is a store, and nothing looks at the time there. While there is a hook, or a subscriber of `tracing`, no site
//! is admitted to the fast path of an entry; what the slow one opens is [`heard`](crate::stack::scope::Scope::heard),
//! and this file leaves it.

use core::time::Duration;

use crate::base::layout::WALL;
use crate::base::site::{self, Site};
use crate::mode::resolve;
use crate::stack::deadline;
use crate::stack::frames::Stack;
use crate::stack::scope;
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::time::pauses;
use crate::trip::event::Event;
use crate::trip::hook;

/// Whether a scope that opens now is one to be heard of.
///
/// Nobody tells this crate of a new subscriber: so the slow path of an entry asks, which each thread comes to with each
/// tick.
pub(crate) fn is_heard() -> bool {
    if !site::is_heard() {
        if !hook::is_traced() {
            return false;
        }
        resolve::hear(true);
    }
    scope::listen(leave);
    true
}

/// Leaves the scope at `index`, and tells that it is late, if it is.
fn leave(stack: &'static Stack, index: u32) {
    let event = late(stack, index);
    stack.set_depth(index);
    if let Some(event) = event {
        hook::report(&event);
    }
}

/// A result came of the scope at `index`, which is the innermost.
pub(crate) fn late(stack: &Stack, index: u32) -> Option<Event> {
    // Under the epoch of its entry no budget is spent that opened without a clock read.
    let untouched = !stack.frame(index).is_dated() && stack.entry_word() == EPOCH.load_relaxed();
    if untouched || std::thread::panicking() || stack.last_told().is_some() {
        return None;
    }
    let now = deadline::counting(stack).1;
    let (site, limit, _) = stack.describe(index);
    let (due, settled) = stack.save(index).deadline(&EPOCH);
    if site & WALL != 0 || due == u64::MAX || !settled {
        return None;
    }
    let now = now.unwrap_or_else(clock::now);
    let site = Site::by_id(site);
    let pauses = if site.ignores_pauses() {
        pauses::between(due.saturating_sub(limit), now)
    } else {
        0
    };
    let late = now.checked_sub(due)?.saturating_sub(pauses);
    (late > 0).then(|| Event::Late {
        scope: site.name(),
        location: site.location(),
        limit: Duration::from_nanos(limit),
        elapsed: Duration::from_nanos(limit.saturating_add(late)),
    })
}
