//! Entering a scope: as a rule without a look at the clock, and always with a check.

use crate::base::reentry;
use crate::base::site::Site;
use crate::check::leave;
use crate::check::scope::{LEAD, LONG, LONGER, Scope, Seen, in_time, inherit, look, tick};
use crate::cleanup::shield;
use crate::stack::frame::{self, Stack};
use crate::stack::slot::end;
use crate::time::clock;
use crate::time::epoch::{CALM, EPOCH};
use crate::time::ticker;
use crate::trip::tripped::Tripped;

/// A scope to be opened: where, and with a budget of how many nanoseconds; `MAX` never ends.
///
/// `ALWAYS`: its site was made [`within`](Site::within) that limit.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Entry<const ALWAYS: bool> {
    site: &'static Site,
    limit: u64,
}

impl Site {
    /// A scope with the limit of all of them.
    #[inline(always)]
    #[must_use]
    pub fn always(&'static self, limit: u64) -> Entry<true> {
        Entry { site: self, limit }
    }

    /// A scope with this limit.
    #[inline(always)]
    #[must_use]
    pub fn once(&'static self, limit: u64) -> Entry<false> {
        Entry { site: self, limit }
    }
}

/// Opens a scope, which is itself a check.
///
/// # Errors
///
/// The trip, if a budget is spent already.
#[doc(hidden)]
#[inline(always)]
pub fn enter<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> Result<(Scope, Seen), Tripped> {
    if entry.limit < LONG {
        let scope = enter_short(entry.site, entry.limit);
        let seen = inherit();
        if !seen.is_stale() {
            return Ok((scope, seen));
        }
        return tick(&entry.site.at()).map(|seen| (scope, seen));
    }
    match enter_as_usual(entry) {
        Some(opened) => Ok(opened),
        None if ALWAYS => Ok((enter_always(entry.site)?, inherit())),
        None => Ok((enter_once(entry.site, entry.limit)?, inherit())),
    }
}

/// The same where a trip has no place: a panic.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
pub fn enter_or_panic<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> (Scope, Seen) {
    if entry.limit < LONG {
        let scope = enter_short(entry.site, entry.limit);
        let mut seen = inherit();
        if seen.is_stale() {
            seen = leave::look(&entry.site.at());
        }
        return (scope, seen);
    }
    match enter_as_usual(entry) {
        Some(opened) => opened,
        None if ALWAYS => (enter_always_or_panic(entry.site), inherit()),
        None => (enter_once_or_panic(entry.site, entry.limit), inherit()),
    }
}

/// Opens a scope. What was seen is stale if somebody has to look before its body runs.
#[doc(hidden)]
#[inline(always)]
pub fn open<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> (Scope, Seen) {
    if entry.limit < LONG {
        return (enter_short(entry.site, entry.limit), inherit());
    }
    match enter_as_usual(entry) {
        Some(opened) => opened,
        None => (open_slowly(entry.site, entry.limit), inherit()),
    }
}

/// Opens a scope under the word with which this thread found nothing due.
#[inline(always)]
fn enter_as_usual<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> Option<(Scope, Seen)> {
    let stack = Stack::usual();
    let word = EPOCH.word();
    let depth = stack.room();
    // Stale where a wall is planned (`shield.rs`), which then has to stand first.
    let usual = word == stack.entry() && (entry.limit >= LONGER || word & CALM == 0);
    if usual && entry.site.opens_at(depth) {
        let id = entry.site.id();
        if ALWAYS {
            stack.push_limited(depth, id);
        } else {
            stack.push(depth, id, entry.limit);
        }
        Some((Scope { stack, depth }, Seen(word)))
    } else {
        None
    }
}

/// The first scope of a thread, a tick on the way, a very deep recursion. One call with all that
/// follows and next to no arguments, so that there is little of it in every function.
//
// Of a foreign ABI, as `tick`.
#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
extern "C" fn enter_always(site: &'static Site) -> Result<Scope, Tripped> {
    enter_once(site, site.limit())
}

#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
extern "C" fn enter_once(site: &'static Site, limit: u64) -> Result<Scope, Tripped> {
    let scope = enter_exactly(site, limit);
    if inherit().is_stale() {
        tick(&site.at())?;
    }
    Ok(scope)
}

#[cold]
#[inline(never)]
#[track_caller]
fn enter_always_or_panic(site: &'static Site) -> Scope {
    enter_once_or_panic(site, site.limit())
}

#[cold]
#[inline(never)]
#[track_caller]
fn enter_once_or_panic(site: &'static Site, limit: u64) -> Scope {
    let scope = enter_exactly(site, limit);
    if inherit().is_stale() {
        _ = leave::look(&site.at());
    }
    scope
}

#[cold]
#[inline(never)]
fn open_slowly(site: &'static Site, limit: u64) -> Scope {
    enter_exactly(site, limit)
}

/// A short scope, which starts at a clock reading.
#[inline(never)]
fn enter_short(site: &'static Site, limit: u64) -> Scope {
    match enter_as_planned(site, limit) {
        Some(scope) => scope,
        None => enter_exactly(site, limit),
    }
}

/// Where nobody has to look or to ask: nothing was due under this word, the scopes around end later, and a
/// tick is planned before this one ends.
#[inline(always)]
fn enter_as_planned(site: &'static Site, limit: u64) -> Option<Scope> {
    let stack = Stack::usual();
    // If that is the entry word, it is neither stale nor parked: there is a ticker, and time is real.
    // Acquired before `next` is read, as for a request.
    let word = EPOCH.word();
    let depth = stack.room();
    if word != stack.entry() || !site.opens_at(depth) || limit <= LEAD || frame::is_polling() {
        return None;
    }
    let now = clock::now();
    let earliest = stack.known_below(depth)?.or(depth, end(now, limit));
    if earliest.due.saturating_sub(LEAD) < EPOCH.next().max(now) {
        return None;
    }
    stack.push_known(depth, site.id(), (now, limit), earliest);
    Some(Scope { stack, depth })
}

/// Opens a scope with a clock read, and looks. What it saw is what the thread has seen last.
#[cold]
#[inline(never)]
fn enter_exactly(site: &'static Site, limit: u64) -> Scope {
    if reentry::is_barred() {
        return Scope::nowhere();
    }
    shield::stand();
    let stack = Stack::leased();
    let entry = EPOCH.entry();
    let (depth, word) = (stack.depth(), entry.1);
    let now = (limit != u64::MAX).then(clock::now);
    let earliest = stack.push_exact(depth, &EPOCH, site.register(), now.unwrap_or(0), limit);
    let (earliest, now) = in_time(stack, earliest, now);
    if word & CALM != 0 && (LONG..LONGER).contains(&limit) {
        ticker::hurry(now.unwrap_or(0));
    }
    look(earliest, entry, now);
    Scope { stack, depth }
}
