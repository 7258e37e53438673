//! Places in source code: of a scope, of a loop, of a check.

use core::fmt;

use crate::base::getters::getters;

/// A place in source code; prints as `file:line:column`.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, checkpoint};
///
/// let scope = Budget::timeout(Duration::from_millis(1));
/// let tripped = scope.run(|| loop { if let Err(tripped) = checkpoint() { break tripped } }).unwrap();
/// let place = tripped.location(); // of the `checkpoint`
/// assert!(place.to_string().ends_with(&format!(":{}:{}", place.line(), place.column())));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    file: &'static str,
    line: u32,
    column: u32,
}

impl Location {
    pub(crate) const fn new(file: &'static str, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }

    #[track_caller]
    pub(crate) fn caller() -> Self {
        Self::of(core::panic::Location::caller())
    }

    pub(crate) fn of(place: &'static core::panic::Location<'static>) -> Self {
        Self::new(place.file(), place.line(), place.column())
    }

    getters! {
        /// The file, as the compiler was given its path.
        file: &'static str,

        /// The line, from 1.
        line: u32,

        /// The column, from 1, in characters.
        column: u32,
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A check: its location, and the kind of code where it stands (`while`, `for`, `loop`, `fn`, `checkpoint`).
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct At {
    kind: &'static str,
    location: Location,
}

impl At {
    /// A check of this `kind` at this location.
    #[must_use]
    pub const fn new(kind: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Self {
            kind,
            location: Location::new(file, line, column),
        }
    }

    pub(crate) fn of(kind: &'static str, location: Location) -> Self {
        Self { kind, location }
    }

    #[track_caller]
    pub(crate) fn caller(kind: &'static str) -> Self {
        Self::of(kind, Location::caller())
    }

    pub(crate) fn location(&self) -> Location {
        self.location
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the `{}` at {}", self.kind, self.location)
    }
}
