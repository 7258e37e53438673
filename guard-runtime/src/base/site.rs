//! Places in source code: of scopes, which are numbered, and of checks.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::base::reentry;
use crate::stack::frames::SLOTS;

/// A place in source code; prints as `file:line:column`.
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

    /// The file, as the compiler was told it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> u32 {
        self.column
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Where a check stands, and at what: `while`, `for`, `loop`, an entry, a checkpoint.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct At {
    kind: &'static str,
    location: Location,
}

impl At {
    /// A check at the `kind` written at this place.
    #[must_use]
    pub const fn new(kind: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Self {
            kind,
            location: Location::new(file, line, column),
        }
    }

    #[track_caller]
    pub(crate) fn caller(kind: &'static str) -> Self {
        Self {
            kind,
            location: Location::caller(),
        }
    }

    /// A check of the `kind` at a caller's place.
    #[cfg(feature = "policy")]
    pub(crate) fn of(kind: &'static str, place: &'static core::panic::Location<'static>) -> Self {
        Self {
            kind,
            location: Location::of(place),
        }
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

/// A scope's name and place. One per guarded function, in a static.
#[doc(hidden)]
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    /// The function, or where a scope is opened by hand.
    at: At,
    /// The time limit of all its scopes, in nanoseconds, if there is one; else 0.
    limit: u64,
    /// Its number in [`SITES`], from 1, and perhaps [`LIMITED`]. Slots hold numbers, since an atomic
    /// can hold no reference.
    id: AtomicU32,
    /// The depths at which a scope of this site can open as usual: none before it has its number, and
    /// those of the slots then.
    depths: AtomicU32,
}

/// In the number of a site: its scopes have one time limit, which the slots do not repeat.
pub(crate) const LIMITED: u32 = 1 << 29;

/// Every site that was ever entered, by its number: each row is twice as long as the one before, so
/// that none ever moves and reading takes no lock.
static SITES: [OnceLock<Row>; LIMITED.trailing_zeros() as usize] =
    [const { OnceLock::new() }; LIMITED.trailing_zeros() as usize];

type Row = Box<[OnceLock<&'static Site>]>;

/// How many there are.
static COUNT: Mutex<u32> = Mutex::new(0);

/// Where the site with this number is: in which row, how long that is, at which place.
fn place(number: u32) -> (usize, usize, usize) {
    let row = number.ilog2();
    let length = 1_usize << row;
    (row as usize, length, number as usize - length)
}

/// The sites of scopes opened by hand. Each is leaked once, so a call in a loop leaks nothing more.
static NAMED: Mutex<Option<HashMap<(&'static str, Location), &'static Site>>> = Mutex::new(None);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    /// The function `name`, at this place.
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Self {
            name,
            at: At::new("fn", file, line, column),
            limit: 0,
            id: AtomicU32::new(0),
            depths: AtomicU32::new(0),
        }
    }

    /// All scopes of this site are opened with this limit, in nanoseconds.
    #[must_use]
    pub const fn within(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// The site of a scope that was opened by hand at `location`.
    pub(crate) fn named(name: &'static str, location: Location) -> &'static Self {
        lock(&NAMED)
            .get_or_insert_default()
            .entry((name, location))
            .or_insert_with(|| {
                Box::leak(Box::new(Self {
                    name,
                    at: At {
                        kind: "entry",
                        location,
                    },
                    limit: 0,
                    id: AtomicU32::new(0),
                    depths: AtomicU32::new(0),
                }))
            })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn location(&self) -> Location {
        self.at.location
    }

    /// Its entry, as a check.
    #[inline(always)]
    pub(crate) fn at(&self) -> At {
        self.at
    }

    /// The number, or 0 before the first entry. Relaxed: the number is all that is passed on.
    #[inline(always)]
    pub(crate) fn id(&self) -> u32 {
        self.id.load(Ordering::Relaxed)
    }

    /// Whether it has a number, and there is a slot at this depth. One comparison for both.
    #[inline(always)]
    pub(crate) fn opens_at(&self, depth: u32) -> bool {
        depth < self.depths.load(Ordering::Acquire)
    }

    /// The number, given at the first call.
    #[inline]
    pub(crate) fn register(&'static self) -> u32 {
        if self.id() == 0 {
            self.number()
        } else {
            self.id()
        }
    }

    #[cold]
    fn number(&'static self) -> u32 {
        reentry::bar(|| self.number_alone())
    }

    fn number_alone(&'static self) -> u32 {
        let mut count = lock(&COUNT);
        if self.id() == 0 {
            *count += 1;
            assert!(*count < LIMITED, "fewer guarded functions than 2^29");
            let (row, length, at) = place(*count);
            let row = SITES[row].get_or_init(|| (0..length).map(|_| OnceLock::new()).collect());
            row[at].get_or_init(|| self);
            let limited = if self.limit == 0 { 0 } else { LIMITED };
            self.id.store(*count | limited, Ordering::Relaxed);
            self.depths.store(SLOTS, Ordering::Release);
        }
        self.id()
    }

    /// The site with this number, which [`register`](Self::register) gave.
    pub(crate) fn by_id(id: u32) -> &'static Self {
        let (row, _, at) = place(id & !LIMITED);
        let site = SITES[row].get().and_then(|row| row[at].get());
        site.expect("a number that was given")
    }

    /// The time limit that its scopes have, if it is [`LIMITED`].
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location();
        write!(f, "{} ({}:{})", self.name, location.file, location.line)
    }
}
