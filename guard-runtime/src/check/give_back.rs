//! Scopes for which time does not count in which the process stood still: `pauses = "ignore"`.
//!
//! Nothing of this runs before such a scope is out of time. Then the pauses since its beginning are given back: its
//! beginning moves later by that much, and so does its deadline. The end of the last pause that was given is
//! remembered with the new beginning, so that no pause is given twice.

use std::sync::Mutex;

use crate::base::lock::lock;
use crate::base::reentry;
use crate::base::site::Site;
use crate::stack::frames::Stack;
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::time::pauses;

/// Scopes that were given time back: the number of the site, the beginning, and up to when pauses were given.
static GIVEN: Mutex<Vec<(u32, u64, u64)>> = Mutex::new(Vec::new());

/// How many are remembered. Beyond that the oldest is forgotten, and its scope could be given a pause twice.
const ROOM: usize = 4096;

/// A clock that differs from the real one by more nanoseconds than this is a test's clock.
const APART: u64 = 10_000_000;

/// Gives the scope at `owner`, which is out of time at `now`, back what it has lost to pauses; false if it lost
/// nothing.
pub(super) fn give_back(stack: &Stack, owner: u32, site: &Site, now: u64) -> bool {
    // A clock other than the real one was not paused with the process.
    if !site.ignores_pauses() || now.abs_diff(clock::real()) > APART {
        return false;
    }
    let Some(begin) = stack.beginning(owner, &EPOCH) else {
        return false;
    };
    let mut given = lock(&GIVEN);
    let known = given
        .iter()
        .position(|(other, start, _)| (*other, *start) == (site.id(), begin));
    let from = known.map_or(begin, |at| given[at].2);
    let pause = pauses::between(from, now);
    if pause == 0 {
        return false;
    }
    if let Some(at) = known {
        given.swap_remove(at);
    }
    if given.len() == ROOM {
        given.remove(0);
    }
    let later = begin.saturating_add(pause);
    stack.begin_later(owner, later);
    reentry::bar(|| given.push((site.id(), later, now)));
    true
}
