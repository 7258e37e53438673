//! The error of a call that was not made.

use core::panic::Location as Caller;

use crate::base::location::{At, Location};
use crate::base::site::Site;
use crate::policy::around;
use crate::policy::verdict::Own;
use crate::trip::hook;
use crate::trip::tripped::{Cause, Tripped};

/// The error of a call that a policy of this name and kind has refused. It is noted as a trip of the call's own
/// scope, for outer policies and for cleanups; if that scope would have been opened inside the call, only those
/// outer policies ask for it.
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
