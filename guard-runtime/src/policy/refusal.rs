//! The error of a call that was not made.

use core::panic::Location as Caller;

use crate::base::location::{At, Location};
use crate::base::site::Site;
use crate::policy::around;
use crate::trip::hook;
use crate::trip::tripped::{Cause, Tripped};

/// The error of a call that the policy `name` of this `kind` has refused. Not the trip of an open scope: only
/// policies further out, which look at what a call came to, are told of it.
#[cold]
pub(super) fn refusal(
    name: &'static str,
    kind: &'static str,
    caller: &'static Caller<'static>,
    cause: Cause,
) -> Tripped {
    let place = Location::of(caller);
    let tripped = Tripped::new(Site::named(name, place), At::of(kind, place), cause);
    around::note(around::depth(), &tripped);
    hook::tripped(&tripped);
    tripped
}
