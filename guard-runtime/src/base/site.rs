//! Sites: one per guarded function, numbered at its first entry, because an atomic can hold a number and no
//! reference.

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use crate::base::layout::{LIMITED, SHARED};
use crate::base::location::{At, Location};
use crate::base::lock::lock;
use crate::base::reentry;

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
    /// The same number while the fast path may open its scopes: not before the first entry, nor where the slow path
    /// has to change what is opened.
    hot_id: AtomicU32,
    /// The [`Mode`], by its number; [`UNRESOLVED`] before the first entry. Relaxed, as the timeout: neither
    /// guards other data, and a change need only be seen soon.
    mode: AtomicU8,
    /// The timeout in place of that of its scopes, in nanoseconds; [`NO_TIMEOUT`] if it is theirs.
    timeout: AtomicU64,
    /// Its scopes are those of futures.
    future: AtomicBool,
    options: Options,
}

/// What few sites say.
#[derive(Debug, Clone, Copy)]
struct Options {
    /// The share of the time of which a warning tells, in millionths; 0 for none.
    warn_at: u32,
    on_overdue: OnOverdue,
    /// Time in which the process stood still does not count.
    ignores_pauses: bool,
    /// The time of its scopes is a peer's.
    remote: bool,
}

impl Options {
    const NONE: Self = Self {
        warn_at: 0,
        on_overdue: OnOverdue::Report,
        ignores_pauses: false,
        remote: false,
    };
}

/// What the watchdog does about a scope that is overdue, besides reporting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub enum OnOverdue {
    /// Nothing.
    Report,
    /// It leaves the service manager without news, to be restarted.
    Restart,
    /// It aborts the process.
    Abort,
}

/// The whole of which [`Site::warn_at`] names a share.
pub(crate) const MILLION: u32 = 1_000_000;

/// What a guard does about its budget; see [`set_mode`](crate::set_mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// The scope opens without a budget of its own. Its loops still check the scopes around it.
    Off,
    /// A spent budget is one [`Event::WouldTrip`](crate::Event::WouldTrip) per activation, and the function
    /// goes on as if it had no guard.
    Observe,
    /// A spent budget trips. The default.
    Enforce,
}

/// In place of a mode: no rule was asked yet.
const UNRESOLVED: u8 = u8::MAX;

/// In place of a timeout. The longest one that can be set is a nanosecond shorter.
const NO_TIMEOUT: u64 = u64::MAX;

/// Whether somebody wants to hear of scopes that are left late. Relaxed, as modes are.
static HEARD: AtomicBool = AtomicBool::new(false);

/// Whether somebody wants to hear of scopes that are left late.
pub(crate) fn is_heard() -> bool {
    HEARD.load(Ordering::Relaxed)
}

/// Says whether somebody does, for the sites that are [`set`](Site::set) from now on.
pub(crate) fn set_heard(heard: bool) {
    HEARD.store(heard, Ordering::Relaxed);
}

/// Every site that was ever entered, by its number. Each row is twice as long as the one before, so no site
/// ever moves and reading takes no lock.
static SITES: [OnceLock<Row>; SHARED.trailing_zeros() as usize] =
    [const { OnceLock::new() }; SHARED.trailing_zeros() as usize];

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
static NAMED: Mutex<Option<HashMap<ByHand, &'static Site>>> = Mutex::new(None);

/// The name, the place, whether the time is a peer's, and whether pauses do not count.
type ByHand = (&'static str, Location, bool, bool);

impl Site {
    /// The function `name`, at this place.
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Self {
            name,
            at: At::new("fn", file, line, column),
            limit: 0,
            id: AtomicU32::new(0),
            hot_id: AtomicU32::new(0),
            mode: AtomicU8::new(UNRESOLVED),
            timeout: AtomicU64::new(NO_TIMEOUT),
            future: AtomicBool::new(false),
            options: Options::NONE,
        }
    }

    /// The same with a warning when so many millionths of the time are used.
    #[must_use]
    pub const fn warn_at(mut self, share: u32) -> Self {
        self.options.warn_at = share;
        self
    }

    /// The same, with more to do than to report when a scope of it is overdue.
    #[must_use]
    pub const fn on_overdue(mut self, what: OnOverdue) -> Self {
        self.options.on_overdue = what;
        self
    }

    /// The same, of scopes for which pauses of the process do not count.
    #[must_use]
    pub const fn ignore_pauses(mut self) -> Self {
        self.options.ignores_pauses = true;
        self
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
        Self::by_hand(name, location, Options::NONE)
    }

    /// The same, of scopes whose time a peer has set.
    #[cfg(feature = "tower")]
    pub(crate) fn remote(name: &'static str, location: Location) -> &'static Self {
        let options = Options {
            remote: true,
            ..Options::NONE
        };
        Self::by_hand(name, location, options)
    }

    /// The same, of scopes for which pauses of the process do not count.
    pub(crate) fn without_pauses(name: &'static str, location: Location) -> &'static Self {
        let options = Options {
            ignores_pauses: true,
            ..Options::NONE
        };
        Self::by_hand(name, location, options)
    }

    fn by_hand(name: &'static str, location: Location, options: Options) -> &'static Self {
        if reentry::is_barred() {
            return &UNKNOWN;
        }
        reentry::bar(|| {
            *lock(&NAMED)
                .get_or_insert_default()
                .entry((name, location, options.remote, options.ignores_pauses))
                .or_insert_with(|| {
                    Box::leak(Box::new(Self {
                        name,
                        at: At::of("entry", location),
                        limit: 0,
                        id: AtomicU32::new(0),
                        hot_id: AtomicU32::new(0),
                        mode: AtomicU8::new(UNRESOLVED),
                        timeout: AtomicU64::new(NO_TIMEOUT),
                        future: AtomicBool::new(false),
                        options,
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

    /// Whether a peer has set the time of its scopes.
    pub(crate) fn is_remote(&self) -> bool {
        self.options.remote
    }

    /// The check that entering is.
    #[inline(always)]
    pub(crate) fn at(&self) -> At {
        self.at
    }

    /// The number, or 0 before the first entry. Acquire: whoever finds the number in a frame finds its site.
    #[inline(always)]
    pub(crate) fn id(&self) -> u32 {
        self.id.load(Ordering::Acquire)
    }

    /// The number, if the fast path may open a scope of the site; else 0. Acquire, as above.
    #[inline(always)]
    pub(crate) fn hot_id(&self) -> u32 {
        self.hot_id.load(Ordering::Acquire)
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
            assert!(*count < SHARED, "fewer guarded functions than 2^28");
            let (row, length, at) = row_of(*count);
            let row = SITES[row].get_or_init(|| (0..length).map(|_| OnceLock::new()).collect());
            row[at].get_or_init(|| self);
            let limited = if self.limit == 0 { 0 } else { LIMITED };
            self.id.store(*count | limited, Ordering::Release);
        }
        self.id()
    }

    /// What was [`set`](Self::set); `None` before that.
    #[inline]
    pub(crate) fn mode(&self) -> Option<Mode> {
        match self.mode.load(Ordering::Relaxed) {
            UNRESOLVED => None,
            mode if mode == Mode::Off as u8 => Some(Mode::Off),
            mode if mode == Mode::Observe as u8 => Some(Mode::Observe),
            _ => Some(Mode::Enforce),
        }
    }

    /// The timeout in place of that of its scopes, in nanoseconds.
    #[inline]
    pub(crate) fn timeout(&self) -> Option<u64> {
        Some(self.timeout.load(Ordering::Relaxed)).filter(|timeout| *timeout != NO_TIMEOUT)
    }

    /// Sets both, of a site that has its number, and admits its scopes to the fast path if neither changes them, and
    /// nobody wants to hear of those that are late.
    pub(crate) fn set(&self, mode: Mode, timeout: Option<u64>) {
        let unchanged =
            mode != Mode::Off && timeout.is_none() && self.warns_at().is_none() && !is_heard();
        let timeout = timeout.map_or(NO_TIMEOUT, |timeout| timeout.min(NO_TIMEOUT - 1));
        self.timeout.store(timeout, Ordering::Relaxed);
        self.mode.store(mode as u8, Ordering::Relaxed);
        let hot_id = if unchanged { self.id() } else { 0 };
        self.hot_id.store(hot_id, Ordering::Release);
    }

    /// The share of the time after which it warns, in millionths.
    #[inline]
    pub(crate) fn warns_at(&self) -> Option<u32> {
        Some(self.options.warn_at).filter(|share| *share != 0)
    }

    /// See [`on_overdue`](Self::on_overdue).
    pub(crate) fn does_on_overdue(&self) -> OnOverdue {
        self.options.on_overdue
    }

    pub(crate) fn ignores_pauses(&self) -> bool {
        self.options.ignores_pauses
    }

    /// Its scopes are those of futures: one on a stack is being polled.
    #[inline]
    pub(crate) fn set_future(&self) {
        if !self.is_future() {
            self.future.store(true, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn is_future(&self) -> bool {
        self.future.load(Ordering::Relaxed)
    }

    /// Calls `work` with every site that has its number.
    pub(crate) fn each(mut work: impl FnMut(&'static Self)) {
        let count = *lock(&COUNT);
        for number in 1..=count {
            work(Self::by_id(number));
        }
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
