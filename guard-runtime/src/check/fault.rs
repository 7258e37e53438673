//! Injected faults: a check that trips although nothing is due, for tests in which every check trips once.

use core::cell::Cell;
use core::fmt;

use crate::base::layout::WALL;
use crate::base::location::At;
use crate::base::site::Site;
use crate::stack::frames::Stack;
use crate::time::{clock, source};

#[derive(Clone, Copy)]
enum State {
    Idle,
    /// This many checks pass before one trips.
    Passing(u64),
    Struck(Struck),
}

/// A check that was made to trip.
#[derive(Clone, Copy)]
pub(crate) struct Struck {
    at: At,
    /// The scope that it tripped; `None` for a cleanup or a shield.
    site: Option<&'static Site>,
}

impl fmt::Display for Struck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.site {
            Some(site) => write!(f, "{}, in the scope of {site}", self.at),
            None => write!(f, "{}, in a cleanup or shield", self.at),
        }
    }
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::Idle) };
}

/// Makes every check of this thread take the cold path from now on; `passing` checks pass, and the next one trips.
pub(crate) fn begin(passing: u64) {
    STATE.set(State::Passing(passing));
    source::set_takes_every_check(true);
}

/// Ends that. Returns the check that tripped, if there was one.
pub(crate) fn end() -> Option<Struck> {
    source::set_takes_every_check(false);
    match STATE.replace(State::Idle) {
        State::Struck(struck) => Some(struck),
        _ => None,
    }
}

/// Called by each check. The one whose turn it is makes the innermost scope spent.
pub(crate) fn strike(stack: Option<&Stack>, at: &At) {
    let State::Passing(left) = STATE.get() else {
        return;
    };
    let Some(stack) = stack else { return };
    let Some((index, site, limit)) = stack.innermost() else {
        return;
    };
    let wall = site & WALL != 0;
    if wall && limit == u64::MAX {
        return;
    }
    if left > 0 {
        STATE.set(State::Passing(left - 1));
        return;
    }
    if limit == u64::MAX {
        // It has a budget of iterations only, whose limit is in a local of its function.
        stack.spend(index, 0);
    } else {
        stack.expire(index, clock::now() - 1);
    }
    let site = (!wall).then(|| Site::by_id(site));
    STATE.set(State::Struck(Struck { at: *at, site }));
}
