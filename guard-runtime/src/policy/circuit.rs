//! The state of a breaker: one word, and its transitions.
//!
//! ```text
//!               enough failures                      a failed probe
//!    ┌─────────┐ ────────────────► ┌──────┐ ◄────────────────────────┐
//!    │ closed  │                   │ open │                          │
//!    └─────────┘                   └──────┘ ───────► ┌───────────┐   │
//!         ▲                            its time is   │ half-open │ ──┘
//!         └───────────────────────────── over ────── └───────────┘
//!                     enough probes that succeeded
//! ```
//!
//! The word holds the state, a *generation* that every change of state raises, the *level* (how often the breaker
//! has opened since it was closed) and an instant: when an open breaker becomes half-open, or when the *lease* of
//! the current probe ends.
//!
//! # Late outcomes
//!
//! A call keeps the word with which it was let through (its [`Pass`]). All its effects are compare-and-exchanges on
//! a word of that generation, or on a counter stamped with that generation ([`Counter`]), so a call that ends after
//! the state has changed changes nothing. Generations repeat after 2^18 changes of state (2^12 in the stamps of a
//! window, which also name the slice of time).
//!
//! # One probe at a time
//!
//! A half-open breaker lets a call through only by writing its lease into the word, and only if there is none or
//! the one there has ended. So of any number of callers one succeeds. A probe that ends removes its lease, if it is
//! still there. A probe that outlives its lease no longer blocks others, and its outcome still counts while the
//! breaker is half-open: otherwise probes that always outlive their lease would never close it.
//!
//! # Orderings
//!
//! The word carries no data but itself; acquire and release make the counters of a generation visible with it. Each
//! failure is counted in the window first and then in `in_a_row`, whose exchanges acquire and release. Of two
//! failures the later one in that order finds the earlier one in the window, so that the failure that opens the
//! breaker is not overlooked.

use crate::base::layout::policy::{GENERATION, GENERATIONS, INSTANT, LEVEL, LEVELS, STATE, UNIT};
use crate::base::sync::{AtomicU64, Ordering, const_fn};
use crate::policy::counter::Counter;
use crate::trip::policy_event::State;

pub(super) struct Circuit {
    word: AtomicU64,
    /// Failures of a closed breaker since its last success.
    in_a_row: Counter,
    /// Successful probes of a half-open breaker.
    probes: Counter,
}

const CLOSED: u64 = 0;
const OPEN: u64 = 1;
const HALF_OPEN: u64 = 2;

/// An instant that never comes.
pub(super) const NEVER: u64 = u64::MAX;

const LAST_UNIT: u64 = u64::MAX >> INSTANT;

/// The word with which a call was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass(Word);

impl Pass {
    #[inline(always)]
    pub(super) fn is_probe(self) -> bool {
        self.0.state() == HALF_OPEN
    }

    #[inline(always)]
    pub(super) fn generation(self) -> u32 {
        self.0.generation()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word(u64);

impl Word {
    const FIRST: Self = Self(CLOSED);

    #[inline(always)]
    fn state(self) -> u64 {
        self.0 & STATE
    }

    fn named(self) -> State {
        match self.state() {
            CLOSED => State::Closed,
            OPEN => State::Open,
            _ => State::HalfOpen,
        }
    }

    fn level(self) -> u64 {
        self.0 >> LEVEL & LEVELS
    }

    #[inline(always)]
    fn generation(self) -> u32 {
        #[allow(clippy::cast_possible_truncation, reason = "18 bits")]
        ((self.0 >> GENERATION & GENERATIONS) as u32)
    }

    /// The instant field, in units.
    fn instant(self) -> u64 {
        self.0 >> INSTANT
    }

    fn with_instant(self, instant: u64) -> Self {
        Self(self.0 & ((1 << INSTANT) - 1) | instant << INSTANT)
    }

    /// The first word of the next state.
    fn next(self, state: u64, level: u64, instant: u64) -> Self {
        let generation = (u64::from(self.generation()) + 1) & GENERATIONS;
        let level = level.min(LEVELS);
        Self(state | level << LEVEL | generation << GENERATION).with_instant(instant)
    }

    fn is_of(self, other: Self) -> bool {
        self.state() == other.state() && self.generation() == other.generation()
    }
}

/// The instant `after` from `now`, in units: rounded down, but never the current one.
fn instant(now: u64, after: u64) -> u64 {
    let end = now.saturating_add(after);
    if end == NEVER {
        return LAST_UNIT;
    }
    (end >> UNIT).max((now >> UNIT) + 1).min(LAST_UNIT - 1)
}

impl Circuit {
    const_fn! {
        pub(super) fn new() -> Self {
            Self {
                word: AtomicU64::new(Word::FIRST.0),
                in_a_row: Counter::new(),
                probes: Counter::new(),
            }
        }
    }

    #[inline(always)]
    fn word(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    fn exchange(&self, word: Word, next: Word) -> bool {
        self.word
            .compare_exchange(word.0, next.0, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    /// Lets a call through if the breaker is closed.
    #[inline(always)]
    pub(super) fn pass(&self) -> Option<Pass> {
        let word = self.word();
        (word.state() == CLOSED).then_some(Pass(word))
    }

    /// Lets a call through if the breaker is closed or it is time for a probe, which gets a lease of `lease`
    /// nanoseconds. Returns true for the first probe, which makes the breaker half-open.
    ///
    /// # Errors
    ///
    /// After how many nanoseconds at most the next call can be let through; [`NEVER`] if it cannot.
    pub(super) fn admit(&self, now: u64, lease: u64) -> Result<(Pass, bool), u64> {
        loop {
            let word = self.word();
            let probe = match word.state() {
                CLOSED => return Ok((Pass(word), false)),
                _ if now >> UNIT < word.instant() => return Err(wait(word, now)),
                OPEN => word.next(HALF_OPEN, word.level(), instant(now, lease)),
                _ => word.with_instant(instant(now, lease)),
            };
            if self.exchange(word, probe) {
                return Ok((Pass(probe), word.state() == OPEN));
            }
        }
    }

    /// The state that a call would find.
    pub(super) fn state(&self, now: u64) -> State {
        let word = self.word();
        match word.named() {
            State::Open if now >> UNIT >= word.instant() => State::HalfOpen,
            state => state,
        }
    }

    /// For how many nanoseconds at most calls are refused; [`NEVER`] if until it is reset. `None` if they are not
    /// refused.
    pub(super) fn refuses_for(&self, now: u64) -> Option<u64> {
        let word = self.word();
        let refuses = word.state() != CLOSED && now >> UNIT < word.instant();
        refuses.then(|| wait(word, now))
    }

    /// Whether nothing except leases has changed since the call was let through.
    #[inline]
    pub(super) fn is_at(&self, pass: Pass) -> bool {
        self.word().is_of(pass.0)
    }

    /// A call of a closed breaker has succeeded.
    #[inline(always)]
    pub(super) fn succeeded(&self, pass: Pass) {
        self.in_a_row.clear(pass.generation());
    }

    /// A call of a closed breaker has failed, and is in the window. Returns how many have failed in a row; `None`
    /// if the breaker has changed its state.
    pub(super) fn failed(&self, pass: Pass) -> Option<u32> {
        self.in_a_row.add(pass.generation(), |_| self.is_at(pass))
    }

    /// Opens the breaker that let this call through; false if it has changed its state. `span` computes from the
    /// level for how many nanoseconds.
    pub(super) fn open(&self, pass: Pass, now: u64, span: impl FnOnce(u32) -> u64) -> bool {
        let level = if pass.is_probe() {
            pass.0.level() + 1
        } else {
            0
        };
        let level = level.min(LEVELS);
        #[allow(clippy::cast_possible_truncation, reason = "4 bits")]
        let until = instant(now, span(level as u32));
        self.leave(pass, OPEN, level, until)
    }

    /// A probe has succeeded. Returns true if it was the last one needed, and the breaker is closed now.
    pub(super) fn probe_succeeded(&self, pass: Pass, wanted: u32) -> bool {
        let count = self.probes.add(pass.generation(), |_| self.is_at(pass));
        let enough = count.is_some_and(|count| count >= wanted);
        if enough {
            return self.leave(pass, CLOSED, 0, 0);
        }
        self.release(pass);
        false
    }

    /// A probe has ended without a verdict: the next one may begin.
    pub(super) fn release(&self, pass: Pass) {
        self.exchange(pass.0, pass.0.with_instant(0));
    }

    /// Changes the state, if it is still the one that let this call through; a lease may have changed meanwhile.
    fn leave(&self, pass: Pass, state: u64, level: u64, instant: u64) -> bool {
        loop {
            let word = self.word();
            if !word.is_of(pass.0) {
                return false;
            }
            if self.exchange(word, word.next(state, level, instant)) {
                return true;
            }
        }
    }

    /// Closes the breaker, or opens it until it is reset. Returns the previous state.
    pub(super) fn force(&self, closed: bool) -> State {
        loop {
            let word = self.word();
            let next = if closed {
                word.next(CLOSED, 0, 0)
            } else {
                word.next(OPEN, 0, LAST_UNIT)
            };
            if self.exchange(word, next) {
                return word.named();
            }
        }
    }
}

fn wait(word: Word, now: u64) -> u64 {
    if word.instant() == LAST_UNIT {
        NEVER
    } else {
        (word.instant() << UNIT).saturating_sub(now)
    }
}
