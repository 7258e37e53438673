//! The accounts of this thread: what its scopes may spend besides what their frames hold.
//!
//! The cold path looks at them: at every tick, at every cancel (which moves the epoch), and when the next look is
//! due. While an account is open, entries that take the cold path check it as well ([`source::count_checks`]),
//! since they would otherwise mark the moved epoch as seen; [`Looking`] suspends that for a check that has looked.
//! So scopes without an account pay nothing, and an iteration costs the same in a scope that has one.
//!
//! Of several spent scopes the outermost trips, as with deadlines; scopes below a wall do not.

use core::cell::RefCell;
use std::sync::Arc;

use crate::base::location::At;
use crate::base::site::Mode;
use crate::check::account::{self, Account, Token};
use crate::mode::resolve;
use crate::stack::current::force_cold;
use crate::stack::frames::Stack;
use crate::time::clock;
#[cfg(feature = "cpu")]
use crate::time::cpu::Reading;
use crate::time::source::{self, Quantum};
use crate::trip::announce::announce;
use crate::trip::event::Event;
use crate::trip::hook::report;
use crate::trip::tripped::{Cause, Tripped};

/// An account that is open on this thread.
#[derive(Clone)]
struct Open {
    owner: u32,
    account: Arc<Account>,
    /// How many activations of its site are open here, this one included.
    level: u64,
    /// The next account below it that has to be looked at repeatedly.
    lasting_below: Option<usize>,
    /// How many accounts have to be looked at, including this one. A depth that is within its limit need not be.
    looked_at: i32,
    /// Both clocks when it was opened here, if it limits CPU time.
    #[cfg(feature = "cpu")]
    since: Reading,
}

thread_local! {
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
}

/// Keeps the account of a scope open on this thread until this is dropped.
#[must_use]
pub(crate) struct Listed {
    /// How many accounts were open before; `None` on a thread that exits.
    before: Option<usize>,
    counts: i32,
}

impl Listed {
    /// Opens the account of the scope at `owner`. The next check looks at it, unless it limits nothing but a depth that
    /// is not reached.
    pub(crate) fn new(owner: u32, account: Arc<Account>) -> Self {
        let counts_checks = i32::from(account.counts_checks());
        let opened = OPEN.try_with(|open| {
            let mut open = open.borrow_mut();
            let same = |other: &&Open| core::ptr::eq(other.account.site(), account.site());
            let level = 1 + open.iter().rev().find(same).map_or(0, |other| other.level);
            let looked_at = i32::from(account.has_to_be_looked_at(level));
            let looked_at_below = open.last().map_or(0, |below| below.looked_at);
            let below = open.len().checked_sub(1);
            let lasting = |at: usize| open[at].account.is_lasting();
            let lasting_below = below.and_then(|below| {
                let itself = lasting(below).then_some(below);
                itself.or(open[below].lasting_below)
            });
            #[cfg(feature = "cpu")]
            let since = if account.limits_cpu() {
                Reading::now()
            } else {
                Reading::NONE
            };
            open.push(Open {
                owner,
                account,
                level,
                lasting_below,
                looked_at: looked_at_below + looked_at,
                #[cfg(feature = "cpu")]
                since,
            });
            (open.len() - 1, looked_at + counts_checks)
        });
        let (before, counts) = opened.map_or((None, 0), |(before, counts)| (Some(before), counts));
        if counts != 0 {
            source::count_checks(counts);
            force_cold();
        }
        Self { before, counts }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        if self.counts != 0 {
            source::count_checks(-self.counts);
        }
        let Some(before) = self.before else { return };
        let gone = OPEN.try_with(|open| {
            let mut open = open.borrow_mut();
            let gone = open.get(before).cloned();
            open.truncate(before);
            gone
        });
        // The last reference to a token must not be dropped during a borrow: its destructor is foreign code.
        if let Ok(Some(gone)) = gone {
            gone.settle();
        }
    }
}

impl Open {
    /// Adds the CPU time that this thread has used since the last call.
    #[cfg_attr(
        not(feature = "cpu"),
        allow(clippy::unused_self, reason = "there is none")
    )]
    fn settle(&self) {
        #[cfg(feature = "cpu")]
        if self.account.limits_cpu() {
            self.account.add_cpu(self.since.spent());
        }
    }
}

/// Whether this thread has to look at more than deadlines.
#[inline]
pub(crate) fn is_open() -> bool {
    source::counts_checks() && !account::is_asking()
}

fn how_many() -> usize {
    OPEN.try_with(|open| open.borrow().len()).unwrap_or(0)
}

/// Calls `f` with each account that counts here, from the innermost. Nothing is borrowed meanwhile: `f` may run
/// foreign code, which makes checks itself.
///
/// A recursion whose account has nothing but a depth limit is visited only where it is deepest.
fn each(stack: &Stack, f: impl FnMut(&Open)) {
    each_from(stack.above_innermost_wall(), f);
}

/// Calls `f` with each account that only shields keep from counting here, from the innermost.
fn each_shielded(stack: &Stack, mut f: impl FnMut(&Open)) {
    let (shields, walls) = (
        stack.above_innermost_wall(),
        stack.above_innermost_but_shields(),
    );
    if walls < shields {
        each_from(walls, |open| {
            if open.owner < shields {
                f(open);
            }
        });
    }
}

/// Calls `f` with each account of a scope at `lowest` or above.
fn each_from(lowest: u32, mut f: impl FnMut(&Open)) {
    let mut next = how_many().checked_sub(1);
    while let Some(index) = next {
        let open = OPEN.try_with(|open| open.borrow().get(index).cloned());
        let Some(open) = open.ok().flatten().filter(|open| open.owner >= lowest) else {
            break;
        };
        f(&open);
        next = open.lasting_below;
    }
}

/// Whether any token can be forced through the shields here.
fn can_be_forced(stack: &Stack) -> bool {
    let mut can = false;
    each_shielded(stack, |open| can |= !open.account.tokens().is_empty());
    can
}

/// The tokens of all scopes that count here.
pub(crate) fn tokens(stack: &Stack) -> Vec<Token> {
    let mut tokens = Vec::new();
    each(stack, |open| {
        tokens.extend_from_slice(open.account.tokens());
    });
    tokens
}

/// Whether a scope that counts here may end, or be cancelled, without waking the code that waits in it.
pub(crate) fn are_asked(stack: &Stack) -> bool {
    let mut asked = false;
    each(stack, |open| asked |= open.account.is_asked());
    asked || can_be_forced(stack)
}

/// The accounts that count here and limit more than depth, each with the index of its scope, from the outermost.
pub(crate) fn lasting(stack: &Stack) -> Vec<(u32, Arc<Account>)> {
    let mut all = Vec::new();
    each(stack, |open| {
        if open.account.is_lasting() {
            all.push((open.owner, Arc::clone(&open.account)));
        }
    });
    all.reverse();
    all
}

/// When the next scope here runs out of a time that its frame does not store.
pub(crate) fn next_of_time(stack: &Stack) -> u64 {
    let (now, mut next) = (clock::now(), u64::MAX);
    each(stack, |open| {
        let until = open.account.time_ends();
        if until >= now {
            next = next.min(until);
        }
    });
    next
}

/// The innermost scope that has tripped by its account, unless a wall stands above it.
pub(crate) fn last_told(stack: &Stack) -> Option<u32> {
    let mut told = None;
    each(stack, |open| {
        if told.is_none() && open.account.is_told() {
            told = Some(open.owner);
        }
    });
    told
}

/// Counts a check for the scopes here that count checks.
pub(crate) fn count(stack: &Stack) {
    each(stack, |open| {
        open.account.count_check();
    });
}

/// Looks at all accounts of this thread. Returns the trip if one is spent, otherwise when to look again at the
/// latest.
#[cold]
pub(crate) fn look(stack: &Stack, at: &At) -> Result<u64, Tripped> {
    let (mut next, mut spent) = (u64::MAX, None);
    each(stack, |open| {
        match open.account.look(open.level, |left| open.cpu(left)) {
            Ok(then) => next = next.min(then),
            Err(cause) if open.passes(cause, at) => {}
            // Replaces what an inner scope has spent: the outermost one comes last.
            Err(cause) => spent = Some((open.clone(), cause)),
        }
    });
    each_shielded(stack, |open| match open.account.forced() {
        Some(cause) if !open.passes(cause, at) => spent = Some((open.clone(), cause)),
        _ => {}
    });
    match spent {
        Some((open, cause)) => Err(open.trip(cause, at)),
        None => Ok(next),
    }
}

/// Exists during a check that has looked at the accounts and need not look again before `next`: meanwhile they are
/// no reason for the cold path.
pub(crate) struct Looking {
    hidden: i32,
    quantum: Quantum,
}

impl Looking {
    pub(crate) fn new(next: u64) -> Self {
        let last = OPEN.try_with(|open| open.borrow().last().map(|open| open.looked_at));
        let hidden = last.ok().flatten().unwrap_or(0);
        source::count_checks(-hidden);
        let quantum = source::quantum();
        if next < quantum.end() {
            let (every, since) = (next, 0);
            source::set_quantum(Quantum { every, since });
        }
        Self { hidden, quantum }
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        source::count_checks(self.hidden);
        source::set_quantum(self.quantum);
    }
}

impl Open {
    /// Whether the mode of the scope lets it pass, although it is spent.
    fn passes(&self, cause: Cause, at: &At) -> bool {
        let mode = resolve::of(self.account.site()).0;
        if mode == Mode::Observe && self.account.let_pass() {
            let tripped = Tripped::new(self.account.site(), *at, cause);
            report(&Event::WouldTrip(tripped));
        }
        mode != Mode::Enforce
    }

    fn trip(&self, cause: Cause, at: &At) -> Tripped {
        let first = self.account.tell();
        force_cold();
        announce(self.owner, self.account.site(), *at, cause, first)
    }
}

#[cfg(feature = "cpu")]
impl Open {
    /// The CPU time of this thread that is not added yet, or an upper bound of it that is no more than what is `left`.
    fn cpu(&self, left: u64) -> u64 {
        let most = self.since.most();
        most.filter(|most| *most <= left)
            .unwrap_or_else(|| self.since.spent())
    }
}

#[cfg(not(feature = "cpu"))]
impl Open {
    #[allow(clippy::unused_self, reason = "the shape with the feature")]
    fn cpu(&self, _: u64) -> u64 {
        0
    }
}
