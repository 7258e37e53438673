//! The error of a call that was not made.

use core::panic::Location as Caller;

use crate::base::location::{At, Location};
use crate::base::site::Site;
use crate::policy::around;
use crate::policy::verdict::Own;
use crate::trip::hook;
use crate::trip::tripped::{Cause, Tripped};

/// The error of a call that a policy of this name and kind has refused. Noted as a trip of the call's own scope, for
/// policies further out and for cleanups; where that would be opened in the call, nobody but those policies asks.
#[cold]
pub(super) fn refusal(
    (name, kind): (&'static str, &'static str),
    own: Own,
    caller: &'static Caller<'static>,
    cause: Cause,
) -> Tripped {
    let place = Location::of(caller);
    let tripped = Tripped::new(Site::named(name, place), At::of(kind, place), cause);
    around::note(own.depth(around::depth()), &tripped);
    hook::tripped(&tripped);
    tripped
}
