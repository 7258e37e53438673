//! How many retries a place in the code may make: a fifth of its calls, and ten a second.
//!
//! If the called service is down, every call is retried, and retries alone would be most of its load when it comes
//! back. So a retry takes a token; each call adds a fifth of one, each second adds ten, and no more than ten are
//! kept.
//!
//! One word holds the tokens in millionths, and the instant up to which time has been counted. Accesses are
//! relaxed: no other data depends on it.

use core::cell::Cell;
use core::panic::Location as Caller;
use core::ptr;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::Mutex;

use crate::base::layout::policy::{INSTANT, UNIT};
use crate::base::location::Location;
use crate::base::lock::lock;

const TOKEN: u64 = 1_000_000;
const MOST: u64 = 10 * TOKEN;

/// What each call adds.
const SHARE: u64 = TOKEN / 5;

/// What each unit of time adds: ten tokens a second.
const INCOME: u64 = ((10 * TOKEN) << UNIT) / 1_000_000_000;

/// The tokens of one place in the code.
#[doc(hidden)]
#[derive(Debug)]
pub struct Tokens(AtomicU64);

impl Tokens {
    /// The full number of tokens.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds what a call at the time `now`, in nanoseconds, brings.
    pub(super) fn bring(&self, now: u64) {
        self.change(now, |tokens| Some(tokens + SHARE));
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&self, now: u64) -> bool {
        self.change(now, |tokens| tokens.checked_sub(TOKEN))
    }

    fn change(&self, now: u64, change: impl Fn(u64) -> Option<u64>) -> bool {
        let changed = |word: u64| {
            let (tokens, counted) = (word & ((1 << INSTANT) - 1), word >> INSTANT);
            // Never zero, which stands for a word that was never changed.
            let now = (now >> UNIT).max(counted).max(1);
            let tokens = if counted == 0 {
                MOST
            } else {
                (now - counted)
                    .saturating_mul(INCOME)
                    .saturating_add(tokens)
            };
            let tokens = change(tokens.min(MOST))?.min(MOST);
            Some(now << INSTANT | tokens)
        };
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, changed)
            .is_ok()
    }
}

/// The tokens of a caller's place.
pub(super) fn of(caller: &'static Caller<'static>) -> &'static Tokens {
    type Places = HashMap<Location, &'static Tokens>;
    static PLACES: Mutex<Option<Places>> = Mutex::new(None);
    thread_local! {
        /// The last place that asked, so that a retry in a loop takes no lock.
        static LAST: Cell<Option<(&'static Caller<'static>, &'static Tokens)>> = const { Cell::new(None) };
    }
    if let Some((_, tokens)) = LAST.get().filter(|(last, _)| ptr::eq(*last, caller)) {
        return tokens;
    }
    // Leaked once per place.
    let tokens = *lock(&PLACES)
        .get_or_insert_default()
        .entry(Location::of(caller))
        .or_insert_with(|| Box::leak(Box::new(Tokens::new())));
    LAST.set(Some((caller, tokens)));
    tokens
}
