//! Sites: one per guarded function, numbered at its first entry, because an atomic can hold a number and no
//! reference.

use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::base::layout::LIMITED;
use crate::base::location::{At, Location};
use crate::base::reentry;

/// The frames that a stack has from the beginning.
pub(crate) const FRAMES: u32 = if cfg!(guard_loom) { 1 } else { 32 };

/// A scope's name and place. One per guarded function, in a static.
#[doc(hidden)]
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    /// The function, or where a scope is opened by hand.
    at: At,
    /// The time limit of all its scopes, in nanoseconds; 0 if they differ.
    limit: u64,
    /// Its number in [`SITES`], from 1, with [`LIMITED`] if `limit` is set; 0 before the first entry.
    id: AtomicU32,
    /// A scope of this site opens on the fast path below this depth: 0 before the site has its number.
    depths: AtomicU32,
}

/// Every site that was ever entered, by its number. Each row is twice as long as the one before, so no site
/// ever moves and reading takes no lock.
static SITES: [OnceLock<Row>; LIMITED.trailing_zeros() as usize] =
    [const { OnceLock::new() }; LIMITED.trailing_zeros() as usize];

/// The site of a scope that was not opened, inside the runtime's own allocations.
static UNKNOWN: Site = Site::new("a function of the allocator", "", 0, 0);

type Row = Box<[OnceLock<&'static Site>]>;

/// The number given last.
static COUNT: Mutex<u32> = Mutex::new(0);

/// The row that holds the site with this number, the length of that row, and the index in it.
fn row_of(number: u32) -> (usize, usize, usize) {
    let row = number.ilog2();
    let length = 1_usize << row;
    (row as usize, length, number as usize - length)
}

/// The sites of scopes opened by hand. Each is leaked once, so a loop of such calls leaks nothing more.
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

    /// The same with one time limit, in nanoseconds, for all its scopes.
    #[must_use]
    pub const fn within(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// The site of a scope that is opened by hand at `location`.
    ///
    /// Inside the runtime's own allocations no scope opens, and the lock may be held by this very thread: any
    /// site does then.
    pub(crate) fn named(name: &'static str, location: Location) -> &'static Self {
        if reentry::is_barred() {
            return &UNKNOWN;
        }
        reentry::bar(|| {
            *lock(&NAMED)
                .get_or_insert_default()
                .entry((name, location))
                .or_insert_with(|| {
                    Box::leak(Box::new(Self {
                        name,
                        at: At::of("entry", location),
                        limit: 0,
                        id: AtomicU32::new(0),
                        depths: AtomicU32::new(0),
                    }))
                })
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn location(&self) -> Location {
        self.at.location()
    }

    /// The check that entering is.
    #[inline(always)]
    pub(crate) fn at(&self) -> At {
        self.at
    }

    /// The number, or 0 before the first entry. Relaxed: nothing else is read because of it.
    #[inline(always)]
    pub(crate) fn id(&self) -> u32 {
        self.id.load(Ordering::Relaxed)
    }

    /// Whether the site has its number and the stack has a frame at this depth: one comparison for both.
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
        reentry::bar(|| self.assign())
    }

    fn assign(&'static self) -> u32 {
        let mut count = lock(&COUNT);
        if self.id() == 0 {
            *count += 1;
            assert!(*count < LIMITED, "fewer guarded functions than 2^29");
            let (row, length, at) = row_of(*count);
            let row = SITES[row].get_or_init(|| (0..length).map(|_| OnceLock::new()).collect());
            row[at].get_or_init(|| self);
            let limited = if self.limit == 0 { 0 } else { LIMITED };
            self.id.store(*count | limited, Ordering::Relaxed);
            self.depths.store(FRAMES, Ordering::Release);
        }
        self.id()
    }

    /// The site with this number; [`UNKNOWN`] for 0.
    ///
    /// # Panics
    ///
    /// If [`register`](Self::register) never gave it.
    pub(crate) fn by_id(id: u32) -> &'static Self {
        if id & !LIMITED == 0 {
            return &UNKNOWN;
        }
        let (row, _, at) = row_of(id & !LIMITED);
        let site = SITES[row].get().and_then(|row| row[at].get());
        site.expect("a number that was given")
    }

    /// The time limit of all its scopes, if it is [`LIMITED`].
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = self.location();
        write!(f, "{} ({}:{})", self.name, location.file(), location.line())
    }
}
