//! How the trip of a scope becomes known.

use crate::base::location::At;
use crate::base::site::Site;
use crate::time::epoch::EPOCH;
use crate::trip::tripped::{Cause, Tripped};
use crate::trip::{hook, log};

/// Makes the trip of the scope at `owner`, and notes it in the log. If it is the first of that scope, tells the
/// hook.
///
/// The first trip also bumps the epoch: outer loops hold an epoch at which nothing was due, and would miss the
/// deadline if the code between them and this check swallows the error.
pub(crate) fn announce(
    owner: u32,
    site: &'static Site,
    at: At,
    cause: Cause,
    first: bool,
) -> Tripped {
    if first {
        EPOCH.bump();
    }
    let tripped = Tripped::new(site, at, cause);
    log::note(owner, &tripped);
    if first {
        hook::tripped(&tripped);
    }
    tripped
}
