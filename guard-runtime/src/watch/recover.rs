//! Overdue scopes that come to a check, or end, after all.

use core::time::Duration;

use crate::base::site::Site;
use crate::stack::frames::Stack;
use crate::stack::witness::Overdue;
use crate::time::clock;
use crate::trip::event::Event;
use crate::trip::hook;

/// This thread makes a check: its scopes that were reported have recovered.
#[cold]
#[inline(never)]
pub(crate) fn recovered(stack: &Stack) {
    let now = clock::real();
    for scope in stack.witness.take_overdue() {
        report(scope, now);
    }
}

/// Reports that a scope has recovered. The watchdog calls it for a scope that ended without a check.
pub(crate) fn report(scope: Overdue, now: u64) {
    let site = Site::by_id(scope.site);
    hook::report(&Event::Recovered {
        scope: site.name(),
        location: site.location(),
        late: Duration::from_nanos(now.saturating_sub(scope.due)),
    });
}
