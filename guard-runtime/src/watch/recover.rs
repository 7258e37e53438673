//! Scopes that were overdue and look, or end, after all.

use core::time::Duration;

use crate::base::site::Site;
use crate::stack::frames::Stack;
use crate::stack::witness::Overdue;
use crate::time::clock;
use crate::trip::event::Event;
use crate::trip::hook;

/// This thread looks: its scopes that were reported have recovered.
#[cold]
#[inline(never)]
pub(crate) fn recovered(stack: &Stack) {
    let now = clock::real();
    for scope in stack.witness.take_overdue() {
        report(scope, now);
    }
}

/// Reports it; so does the watchdog of a scope that ended without a look.
pub(crate) fn report(scope: Overdue, now: u64) {
    let site = Site::by_id(scope.site);
    hook::report(&Event::Recovered {
        scope: site.name(),
        location: site.location(),
        late: Duration::from_nanos(now.saturating_sub(scope.due)),
    });
}
