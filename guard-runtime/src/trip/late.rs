//! Scopes whose result comes after the deadline without a check that noticed it.
//!
//! Leaving a scope is one store, and reads no clock. While there is a hook, or a subscriber of `tracing`, no site is
//! admitted to the fast path of an entry; the slow path opens scopes that are
//! [`heard`](crate::stack::scope::Scope::heard), and this file leaves those.

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

/// Whether a scope that opens now should be heard.
///
/// Nobody tells this crate of a new subscriber, so the slow path of an entry asks; each thread takes it at every
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

/// Leaves the scope at `index`, and reports it if it is late.
fn leave(stack: &'static Stack, index: u32) {
    let event = late(stack, index);
    stack.set_depth(index);
    if let Some(event) = event {
        hook::report(&event);
    }
}

/// The event to report if the result of the scope at `index`, the innermost, comes late.
pub(crate) fn late(stack: &Stack, index: u32) -> Option<Event> {
    // While the epoch of its entry lasts, a scope that opened without a clock read is not past its deadline.
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
