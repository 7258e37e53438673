//! Entering a scope: usually without a clock read, and always with a check.
//!
//! Each entry point has a hot form, which is inlined, for the case that nothing has to be asked or reported, and a
//! cold form behind it. Budgets of [`LONG`] or more start at the epoch; shorter ones read the clock.
//!
//! What an expansion calls is inlined only in optimised builds. In others it is a call: each variable of an inlined
//! function takes a slot on the stack of the user's function, so that a guarded recursion would reach only a third
//! of its depth.

use crate::base::layout::{LIMITED, SLOW, end};
use crate::base::reentry;
use crate::base::site::{Mode, Site};
use crate::check::off::{enter_off, frameless};
use crate::check::tick::{LEAD, check_deadlines, inherit, look, tick};
use crate::check::warn;
use crate::driver;
use crate::mode::resolve;
use crate::stack::current::{self, Usual};
use crate::stack::frames::Stack;
use crate::stack::scope::Scope;
use crate::stack::{deadline, lease};
use crate::time::clock;
use crate::time::epoch::{EPOCH, GAP, MARGIN, SLOW_GAP};
use crate::time::seen::Seen;
use crate::trip::late;
use crate::trip::log;
use crate::trip::tripped::Tripped;
use crate::watch::recover;

/// Budgets from here on start without a clock read, in nanoseconds.
pub(crate) const LONG: u64 = 1_000_000_000;

/// The same while ticks are slow: the epoch is older then, and the start may still be only 1 % off.
const LONGER: u64 = 8_200_000_000;

const _: () = assert!(100 * (GAP + MARGIN) < LONG && 100 * (SLOW_GAP + MARGIN) < LONGER);

/// A scope to be opened: its site, and its budget in nanoseconds; `MAX` never ends.
///
/// `ALWAYS`: the site was made [`within`](Site::within) that limit.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Entry<const ALWAYS: bool> {
    site: &'static Site,
    limit: u64,
}

impl Site {
    /// A scope with the limit that all scopes of this site have.
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
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn enter<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> Result<(Scope, Seen), Tripped> {
    enter_unless_spent(entry).ok_or_else(log::take_leaving)
}

/// Like [`enter`], but a trip is [kept](log::leave_with).
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn enter_unless_spent<const ALWAYS: bool>(
    entry: Entry<ALWAYS>,
) -> Option<(Scope, Seen)> {
    if entry.limit < LONG {
        let (scope, seen) = enter_brief(entry);
        if seen.is_stale() {
            return checked(scope, entry.site);
        }
        return Some((scope, seen));
    }
    if let Some(opened) = enter_hot(entry) {
        return Some(opened);
    }
    let handed = if ALWAYS {
        enter_always(entry.site)
    } else {
        enter_once(entry.site, entry.limit)
    };
    handed.map(Scope::handed)
}

/// Like [`enter`], for functions without a place for the trip: panics instead.
#[doc(hidden)]
#[cfg_attr(not(debug_assertions), inline(always))]
#[track_caller]
pub fn enter_or_panic<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> (Scope, Seen) {
    if entry.limit < LONG {
        let (scope, mut seen) = enter_brief(entry);
        if seen.is_stale() {
            seen = look(&entry.site.at());
        }
        return (scope, seen);
    }
    match enter_hot(entry) {
        Some(opened) => opened,
        None if ALWAYS => Scope::handed(enter_always_or_panic(entry.site)),
        None => Scope::handed(enter_once_or_panic(entry.site, entry.limit)),
    }
}

/// Opens a scope. A stale result asks for a check before the body runs.
#[doc(hidden)]
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn open<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> (Scope, Seen) {
    if entry.limit < LONG {
        return enter_brief(entry);
    }
    match enter_hot(entry) {
        Some(opened) => opened,
        None => Scope::handed(enter_cold(entry.site, entry.limit)),
    }
}

/// Opens a scope under the epoch at which this thread found nothing due.
#[inline(always)]
fn enter_hot<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> Option<(Scope, Seen)> {
    // The epoch is loaded first, so that the values read after it can be compared in memory.
    let (word, usual) = (EPOCH.load(), current::usual());
    let Some(Usual {
        stack,
        piece,
        word: admitted,
        entries,
    }) = usual
    else {
        return rarely();
    };
    if word != admitted || (entry.limit < LONGER && word & SLOW != 0) {
        return rarely();
    }
    let depth = entry.site.index_at(stack.raw_depth());
    let id = entry.site.id();
    if ALWAYS {
        let Some(site) = piece.sites.get(depth as usize) else {
            return rarely();
        };
        if !entries.count(id) {
            return rarely();
        }
        stack.push_limited(site, id);
    } else {
        let Some(frame) = piece.frames.get(depth as usize) else {
            return rarely();
        };
        if !entries.count(id) {
            return rarely();
        }
        stack.push(frame, id, entry.limit);
    }
    Some((Scope::new(stack, depth), Seen(word)))
}

/// `None`, where the compiler shall expect something else: it keeps the code behind out of the way.
#[cold]
fn rarely<T>() -> Option<T> {
    None
}

/// Handles the first scope of a thread or of a function, and a tick in between. One call with almost no arguments,
/// so that little code remains in every guarded function. `None`: a trip, which is [kept](log::leave_with). Else the
/// scope is [handed over](Scope::hand_over).
//
// `extern "C"`, for the reason given at `tick`. One word: what comes in two costs each function code to take apart.
#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
extern "C" fn enter_always(site: &'static Site) -> Option<&'static Stack> {
    // First, and with both behind calls, so that a guard that is off saves no registers for what others need.
    if site.is_bare() {
        return Some(frameless());
    }
    enter_once(site, site.limit())
}

#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
extern "C" fn enter_once(site: &'static Site, limit: u64) -> Option<&'static Stack> {
    enter_off(site).or_else(|| enter_checked(site, limit))
}

#[inline(never)]
#[allow(improper_ctypes_definitions, reason = "only Rust calls it")]
extern "C" fn enter_checked(site: &'static Site, limit: u64) -> Option<&'static Stack> {
    let mut scope = enter_slowly(site, limit);
    if inherit().is_stale() {
        scope = checked(scope, site)?.0;
    }
    Some(scope.hand_over())
}

/// The check of an entry that has opened the scope. A trip is [kept](log::leave_with) once the scope is left, because
/// its listener may run guarded code.
#[inline]
fn checked(scope: Scope, site: &'static Site) -> Option<(Scope, Seen)> {
    match tick(&site.at()) {
        Ok(seen) => Some((scope, seen)),
        Err(tripped) => {
            drop(scope);
            log::leave_with(tripped);
            None
        }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn enter_always_or_panic(site: &'static Site) -> &'static Stack {
    if site.is_bare() {
        return frameless();
    }
    enter_once_or_panic(site, site.limit())
}

#[cold]
#[inline(never)]
#[track_caller]
fn enter_once_or_panic(site: &'static Site, limit: u64) -> &'static Stack {
    if let Some(stack) = enter_off(site) {
        return stack;
    }
    enter_checked_or_panic(site, limit)
}

#[inline(never)]
#[track_caller]
fn enter_checked_or_panic(site: &'static Site, limit: u64) -> &'static Stack {
    let scope = enter_slowly(site, limit);
    if inherit().is_stale() {
        _ = look(&site.at());
    }
    scope.hand_over()
}

/// Opens a scope of less than [`LONG`], which starts at a clock reading. Whether a scope needs the clock is decided
/// where its limit is a constant.
#[inline(always)]
fn enter_brief<const ALWAYS: bool>(entry: Entry<ALWAYS>) -> (Scope, Seen) {
    let stack = if entry.limit <= LEAD {
        enter_cold(entry.site, entry.limit)
    } else if entry.site.index_at(0) == 0 {
        enter_short(entry.site, entry.limit)
    } else if ALWAYS {
        enter_barred(entry.site)
    } else {
        enter_cold(entry.site, entry.limit)
    };
    Scope::handed(stack)
}

// A function of its own, so that a guard that is off saves no registers for what others need.
#[cold]
#[inline(never)]
fn enter_barred(site: &'static Site) -> &'static Stack {
    if site.is_bare() {
        return frameless();
    }
    enter_cold(site, site.limit())
}

/// Opens a short scope of a site that is not barred.
#[inline(never)]
fn enter_short(site: &'static Site, limit: u64) -> &'static Stack {
    match enter_short_hot(site, limit) {
        Some(scope) => scope.hand_over(),
        None => enter_cold(site, limit),
    }
}

/// Opens a scope if nothing has to be checked or asked for: nothing was due under this epoch, the scopes around end
/// later, and a tick is planned before this one ends.
#[inline(always)]
fn enter_short_hot(site: &'static Site, limit: u64) -> Option<Scope> {
    // If this is the entry word, it is neither stale nor parked: there is a ticker, and time is real. Acquired
    // before `next` is read, as for a request.
    let word = EPOCH.load();
    let usual = current::usual()?;
    if word != usual.word {
        return None;
    }
    let Usual { stack, piece, .. } = usual;
    let (id, depth) = (site.id(), stack.raw_depth());
    let frame = piece.frames.get(depth as usize)?;
    let now = clock::under(word)?;
    let earliest = stack.known_below(depth)?.or(depth, end(now, limit));
    if earliest.due.saturating_sub(LEAD) < EPOCH.next().max(now) || !usual.entries.count(id) {
        return None;
    }
    stack.push_known(frame, id, (now, limit), earliest);
    Some(Scope::new(stack, depth))
}

/// Like [`enter_hot`], for a site that is not admitted to it because a rule changes its limit or because late
/// scopes have to be reported.
fn enter_changed(site: &'static Site, limit: u64) -> Option<Scope> {
    let word = EPOCH.load();
    let usual = current::usual()?;
    // A scope that never ends needs no exact start.
    let starts = word == usual.word && limit >= LONG && (limit >= LONGER || word & SLOW == 0);
    if !starts && limit != u64::MAX {
        return None;
    }
    let Usual { stack, piece, .. } = usual;
    let depth = stack.raw_depth();
    let frame = piece.frames.get(depth as usize)?;
    if !usual.entries.count(site.id()) {
        return None;
    }
    // The frame stores the limit, since it is not the site's.
    stack.push(frame, site.id() & !LIMITED, limit);
    Some(Scope::new(stack, depth))
}

/// Opens a scope where the fast path may not.
#[cold]
#[inline(never)]
fn enter_cold(site: &'static Site, limit: u64) -> &'static Stack {
    enter_off(site).unwrap_or_else(|| enter_slowly(site, limit).hand_over())
}

/// Opens a scope with a clock read, and checks the deadlines. The thread then holds the epoch that this check has
/// seen.
#[cold]
#[inline(never)]
fn enter_slowly(site: &'static Site, limit: u64) -> Scope {
    if reentry::is_barred() {
        return Scope::nowhere();
    }
    let (mode, timeout) = resolve::of(site);
    let is_on = mode != Mode::Off;
    let changed = if is_on { timeout } else { Some(u64::MAX) };
    let heard = is_on && limit != u64::MAX && late::is_heard();
    let open = |scope: Scope, timed| {
        if heard || timed { scope.heard() } else { scope }
    };
    // A scope that warns has to begin at a known time.
    let is_quick = is_on && site.warns_at().is_none();
    if let Some(scope) = changed
        .or(heard.then_some(limit))
        .filter(|_| is_quick)
        .and_then(|limit| enter_changed(site, limit))
    {
        return open(scope, false);
    }
    let limit = changed.unwrap_or(limit);
    let stack = lease::leased();
    if stack.witness.has_overdue() {
        recover::recovered(stack);
    }
    let epoch = EPOCH.load_with_lag();
    let (depth, word) = (stack.depth(), epoch.1);
    let id = site.register();
    let timed = count(stack, id, mode);
    let now = (timed || limit != u64::MAX).then(clock::now);
    let earliest = stack.push_exact(depth, &EPOCH, id, now.unwrap_or(0), limit);
    if timed {
        stack.time(depth);
    }
    let (earliest, now) = deadline::on_clock(stack, earliest, now);
    stack.witness.set_apart(clock::is_paused());
    if word & SLOW != 0 && (LONG..LONGER).contains(&limit) {
        driver::request_fast(now.unwrap_or(0));
    }
    warn::opened(site, limit, end(now.unwrap_or(0), limit));
    check_deadlines(earliest, epoch, now);
    open(Scope::new(stack, depth), timed)
}

/// Counts a scope that begins without an entry.
#[cfg(feature = "tower")]
pub(crate) fn count_begun(site: &'static Site, mode: Mode) {
    let _: bool = count(lease::leased(), site.register(), mode);
}

/// Counts an entry for the metrics, even if nothing else needs the cold path. Returns whether the scope is timed.
#[inline]
fn count(stack: &'static Stack, id: u32, mode: Mode) -> bool {
    if cfg!(feature = "metrics") && mode != Mode::Off {
        let _: bool = driver::request(u64::MAX);
        return current::count_entry(stack, id);
    }
    false
}
