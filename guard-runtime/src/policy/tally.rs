//! How often policies did what they do seldom, since the process began (feature `metrics`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use crate::base::location::Location;
use crate::base::lock::lock;
use crate::base::reentry;

#[derive(Default, Clone)]
pub(super) struct Tally {
    /// By the names of breakers.
    pub(super) opened: BTreeMap<&'static str, u64>,
    /// By the places of retries.
    pub(super) retries: HashMap<Location, u64>,
}

static TALLY: Mutex<Option<Tally>> = Mutex::new(None);

/// Nothing trips in a guarded allocator that this calls, so the lock is not asked for twice.
fn with<T>(f: impl FnOnce(&mut Tally) -> T) -> T {
    reentry::bar(|| f(lock(&TALLY).get_or_insert_default()))
}

/// A breaker of this name has opened.
pub(super) fn opened(breaker: &'static str) {
    with(|tally| *tally.opened.entry(breaker).or_default() += 1);
}

/// The retry that is written there makes another attempt.
pub(super) fn retried(location: Location) {
    with(|tally| *tally.retries.entry(location).or_default() += 1);
}

pub(super) fn read() -> Tally {
    with(|tally| tally.clone())
}
