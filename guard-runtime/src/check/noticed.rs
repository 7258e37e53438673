//! Trips that a check has noticed before.

use crate::base::location::At;
use crate::check::accounts;
use crate::check::tick::tick;
use crate::stack::current;
use crate::trip::log;
use crate::trip::tripped::Tripped;

/// The trip of the scopes that are open here: the last one that a check noticed.
pub(crate) fn noticed() -> Option<Tripped> {
    let stack = current::current()?;
    log::of(stack.last_told().max(accounts::last_told(stack))?)
}

/// The check of a result that is there. If its scope has tripped already, because the result is that trip's error or
/// the error was dropped, the trip names the loop that noticed it, and not this check.
pub(crate) fn tick_of_result(at: &At) -> Result<(), Tripped> {
    let before = noticed();
    match tick(at) {
        Ok(_) => Ok(()),
        Err(again) => Err(before
            .filter(|it| it.scope() == again.scope())
            .unwrap_or(again)),
    }
}
