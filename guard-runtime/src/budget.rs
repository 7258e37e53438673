//! Scopes without the attribute.

use core::time::Duration;

use crate::base::location::Location;
use crate::base::site::Site;
use crate::check::enter::enter;
use crate::time::clock;
use crate::trip::boundary;
use crate::trip::tripped::Tripped;

/// What a scope may spend, for code that opens one by hand.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, checkpoint};
///
/// let outcome = Budget::timeout(Duration::from_millis(5)).named("search").run(|| loop {
///     if let Err(tripped) = checkpoint() {
///         break tripped;
///     }
/// });
/// assert_eq!(outcome.unwrap().scope(), "search");
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a budget does nothing until `run`"]
pub struct Budget {
    timeout: u64,
    name: &'static str,
    location: Location,
}

impl Budget {
    /// A wall-clock budget, from the call of [`run`](Self::run).
    ///
    /// [`Duration::MAX`] never ends; [`Duration::ZERO`] is spent at the first check.
    #[track_caller]
    pub fn timeout(limit: Duration) -> Self {
        Self {
            timeout: clock::nanos(limit),
            name: "budget",
            location: Location::caller(),
        }
    }

    /// The name that [`Tripped::scope`] tells; `budget` without it.
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Calls `f` in a scope with this budget.
    ///
    /// The checks that `f` reaches (guarded functions, [`checkpoint`](crate::checkpoint)s) trip once
    /// it is spent, and leave their functions each in its own way; what `f` makes of that is its
    /// value. Entering is a check too: under an outer scope that is spent, `f` is not called.
    ///
    /// # Errors
    ///
    /// The trip of a check whose function had no place for an error, or of the entry.
    pub fn run<T>(self, f: impl FnOnce() -> T) -> Result<T, Tripped> {
        let site = Site::named(self.name, self.location);
        let (_scope, _) = enter(site.once(self.timeout))?;
        boundary::run(f)
    }
}
