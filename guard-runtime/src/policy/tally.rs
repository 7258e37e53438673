//! Counts of rare events of policies, since the process began (feature `metrics`).

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use crate::base::location::Location;
use crate::base::lock::lock;
use crate::base::reentry;

#[derive(Default, Clone)]
pub(super) struct Tally {
    /// How often breakers have opened, by their names.
    pub(super) opened: BTreeMap<&'static str, u64>,
    /// How many retries were made, by their places.
    pub(super) retries: HashMap<Location, u64>,
}

static TALLY: Mutex<Option<Tally>> = Mutex::new(None);

/// The lock cannot be taken twice by one thread: nothing trips in a guarded allocator that this calls.
fn with<T>(f: impl FnOnce(&mut Tally) -> T) -> T {
    reentry::bar(|| f(lock(&TALLY).get_or_insert_default()))
}

/// Counts that a breaker of this name has opened.
pub(super) fn opened(breaker: &'static str) {
    with(|tally| *tally.opened.entry(breaker).or_default() += 1);
}

/// Counts another attempt of the retry at this place.
pub(super) fn retried(location: Location) {
    with(|tally| *tally.retries.entry(location).or_default() += 1);
}

pub(super) fn read() -> Tally {
    with(|tally| tally.clone())
}
