//! Sites: one per guarded function, numbered at its first entry, because an atomic can hold a number but no
//! reference.

use core::fmt;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use crate::base::layout::{BARE, BARRED, LIMITED, SHARED};
use crate::base::location::{At, Location};
use crate::base::lock::lock;
use crate::base::options::{OnOverdue, Options};
use crate::base::reentry;

/// The name and place of scopes. Each guarded function has one, in a static.
#[doc(hidden)]
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    /// The head of the function, or the call that opens the scope by hand.
    at: At,
    /// The time limit of all its scopes, in nanoseconds; 0 if they differ.
    limit: u64,
    /// Its number in [`SITES`], from 1, with [`LIMITED`] if `limit` is set; 0 before the first entry.
    id: AtomicU32,
    /// [`BARRED`] while the fast path must not open scopes of this site: before the first entry, and while the slow
    /// path has to change what is opened; [`BARE`] while they are off and need no frame. Else 0.
    barred: AtomicU32,
    /// The [`Mode`] as a number; [`UNRESOLVED`] before the first entry. It is stored after the number of the site.
    /// Otherwise neither this nor `timeout` guards other data, and a change only has to be seen soon.
    mode: AtomicU8,
    /// A timeout that replaces the one of its scopes, in nanoseconds; [`NO_TIMEOUT`] if there is none.
    timeout: AtomicU64,
    /// Whether its scopes belong to futures.
    future: AtomicBool,
    /// The function whose activations its scopes are, if that has another site.
    function: Option<&'static Site>,
    options: Options,
}

/// The whole of which [`Site::warn_at`] is a share.
pub(crate) const MILLION: u32 = 1_000_000;

/// What a guard does about its budget; see [`set_mode`](crate::set_mode).
///
/// ```
/// use guard_runtime::{Budget, Mode, checkpoint, set_mode};
///
/// let two_checks = || {
///     let scope = Budget::new().iterations(1).named("import");
///     scope.run(|| checkpoint().and_then(|()| checkpoint())).and_then(|ended| ended)
/// };
/// assert!(two_checks().is_err());
/// set_mode("import", Mode::Observe).unwrap();
/// assert!(two_checks().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// The scope has no budget of its own. Its loops still check the scopes around it, which costs as much as under
    /// `inherit`: a load, a compare and a branch. Entering costs a few nanoseconds, somewhat more than when the guard
    /// is on, since asking for the mode first would make every entry of other guards dearer.
    Off,
    /// A spent budget is one [`Event::WouldTrip`](crate::Event::WouldTrip) per activation, and the function
    /// goes on as if it had no guard.
    Observe,
    /// A spent budget trips. The default.
    Enforce,
}

/// Stands in for a mode until the rules have been asked.
const UNRESOLVED: u8 = u8::MAX;

/// Stands for "no timeout". The longest timeout that can be set is one nanosecond shorter.
const NO_TIMEOUT: u64 = u64::MAX;

/// Whether somebody wants to be told of scopes that are left late. Relaxed, like modes.
static HEARD: AtomicBool = AtomicBool::new(false);

/// Whether somebody wants to be told of scopes that are left late.
pub(crate) fn is_heard() -> bool {
    HEARD.load(Ordering::Relaxed)
}

/// Sets that, for the sites that are [`set`](Site::set) from now on.
pub(crate) fn set_heard(heard: bool) {
    HEARD.store(heard, Ordering::Relaxed);
}

/// Every site that was ever entered, by its number. Each row is twice as long as the one before, so a site never
/// moves and readers take no lock.
static SITES: [OnceLock<Row>; SHARED.trailing_zeros() as usize] =
    [const { OnceLock::new() }; SHARED.trailing_zeros() as usize];

/// Stands for a scope that was not opened because the runtime itself was allocating.
static UNKNOWN: Site = Site::new("a function of the allocator", "", 0, 0);

type Row = Box<[OnceLock<&'static Site>]>;

/// The number that was assigned last.
static COUNT: Mutex<u32> = Mutex::new(0);

/// The row that holds the site with this number, the length of that row, and the index within it.
fn row_of(number: u32) -> (usize, usize, usize) {
    let row = number.ilog2();
    let length = 1_usize << row;
    (row as usize, length, number as usize - length)
}

/// The sites of scopes that are opened by hand. Each is leaked once, so opening scopes in a loop leaks nothing
/// more.
static NAMED: Mutex<Option<HashMap<ByHand, &'static Site>>> = Mutex::new(None);

/// The name, the place, the options, and the address of the function's site, or 0.
type ByHand = (&'static str, Location, Options, usize);

impl Site {
    /// A site for the function `name` at this place.
    #[must_use]
    pub const fn new(name: &'static str, file: &'static str, line: u32, column: u32) -> Self {
        Self {
            name,
            at: At::new("fn", file, line, column),
            limit: 0,
            id: AtomicU32::new(0),
            barred: AtomicU32::new(BARRED),
            mode: AtomicU8::new(UNRESOLVED),
            timeout: AtomicU64::new(NO_TIMEOUT),
            future: AtomicBool::new(false),
            function: None,
            options: Options::NONE,
        }
    }

    /// Adds a warning when this share of the time, in millionths, is used.
    #[must_use]
    pub const fn warn_at(mut self, share: u32) -> Self {
        self.options.warn_at = share;
        self
    }

    /// Sets what happens besides a report when a scope of this site is overdue.
    #[must_use]
    pub const fn on_overdue(mut self, what: OnOverdue) -> Self {
        self.options.on_overdue = what;
        self
    }

    /// Makes pauses of the process not count for its scopes.
    #[must_use]
    pub const fn ignore_pauses(mut self) -> Self {
        self.options.ignores_pauses = true;
        self
    }

    /// Makes its scopes have a frame even while they are off, because the function asks its own frame: for
    /// iterations, for the scope whose trip its cleanup is told of, or for the time that a policy may use.
    #[must_use]
    pub const fn framed(mut self) -> Self {
        self.options.framed = true;
        self
    }

    /// Gives all its scopes the same time limit, in nanoseconds.
    #[must_use]
    pub const fn within(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// The site of a scope that is opened by hand at `location`.
    ///
    /// While the runtime itself allocates, no scope is opened, and this very thread may hold the lock: the result
    /// is then a placeholder.
    pub(crate) fn named(name: &'static str, location: Location) -> &'static Self {
        Self::by_hand(name, location, Options::NONE, None)
    }

    /// Like [`named`](Self::named), for scopes whose time limit came from a peer.
    #[cfg(feature = "tower")]
    pub(crate) fn remote(name: &'static str, location: Location) -> &'static Self {
        let options = Options {
            remote: true,
            ..Options::NONE
        };
        Self::by_hand(name, location, options, None)
    }

    /// Like [`named`](Self::named), with these options. `function`: the site of the function whose activations its
    /// scopes are.
    pub(crate) fn by_hand(
        name: &'static str,
        location: Location,
        options: Options,
        function: Option<&'static Self>,
    ) -> &'static Self {
        if reentry::is_barred() {
            return &UNKNOWN;
        }
        let address = function.map_or(0, |function| ptr::from_ref(function).addr());
        reentry::bar(|| {
            *lock(&NAMED)
                .get_or_insert_default()
                .entry((name, location, options, address))
                .or_insert_with(|| {
                    Box::leak(Box::new(Self {
                        at: At::of("entry", location),
                        function,
                        options,
                        ..Self::new(name, "", 0, 0)
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

    /// Whether its scopes are activations of this function: it is the function's own site, or one for activations whose
    /// budget has a name or ignores pauses.
    pub(crate) fn is_of(&self, function: &Self) -> bool {
        ptr::eq(self.function.unwrap_or(self), function)
    }

    /// Whether the time limit of its scopes came from a peer.
    pub(crate) fn is_remote(&self) -> bool {
        self.options.remote
    }

    /// The check that an entry makes.
    #[inline(always)]
    pub(crate) fn at(&self) -> At {
        self.at
    }

    /// The number, or 0 before the first entry. The acquire load makes the site visible to whoever finds its number
    /// in a frame.
    #[inline(always)]
    pub(crate) fn id(&self) -> u32 {
        self.id.load(Ordering::Acquire)
    }

    /// The index at which the fast path may open a scope on a stack of this depth: the depth, if it may, and else an
    /// index that no stack has. So one comparison answers both whether it may and whether there is a frame. Acquire:
    /// a site that is not barred has its number.
    #[inline(always)]
    pub(crate) fn index_at(&self, depth: u32) -> u32 {
        depth | self.barred.load(Ordering::Acquire)
    }

    /// The number, which the first call assigns.
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

    /// The mode that was [`set`](Self::set); `None` before that.
    #[inline]
    pub(crate) fn mode(&self) -> Option<Mode> {
        match self.mode.load(Ordering::Relaxed) {
            UNRESOLVED => None,
            mode if mode == Mode::Off as u8 => Some(Mode::Off),
            mode if mode == Mode::Observe as u8 => Some(Mode::Observe),
            _ => Some(Mode::Enforce),
        }
    }

    /// Whether it is [`Mode::Off`], and then it has its number. Acquire, as in [`id`](Self::id).
    #[inline(always)]
    pub(crate) fn is_off(&self) -> bool {
        self.mode.load(Ordering::Acquire) == Mode::Off as u8
    }

    /// Whether it is [`Mode::Off`], and its scopes need no frame.
    #[inline(always)]
    pub(crate) fn is_bare(&self) -> bool {
        self.barred.load(Ordering::Relaxed) == BARE
    }

    /// The timeout that replaces the one of its scopes, in nanoseconds.
    #[inline]
    pub(crate) fn timeout(&self) -> Option<u64> {
        Some(self.timeout.load(Ordering::Relaxed)).filter(|timeout| *timeout != NO_TIMEOUT)
    }

    /// Sets mode and timeout of a registered site. Admits its scopes to the fast path if neither changes them and
    /// nobody wants to be told of scopes that are left late.
    pub(crate) fn set(&self, mode: Mode, timeout: Option<u64>) {
        let unchanged =
            mode != Mode::Off && timeout.is_none() && self.warns_at().is_none() && !is_heard();
        let timeout = timeout.map_or(NO_TIMEOUT, |timeout| timeout.min(NO_TIMEOUT - 1));
        self.timeout.store(timeout, Ordering::Relaxed);
        self.mode.store(mode as u8, Ordering::Release);
        // A limit that is not the site's belongs to a future, which stores its frame, or to a budget.
        let barred = match mode {
            Mode::Off if self.limit != 0 && !self.options.framed => BARE,
            _ if unchanged => 0,
            _ => BARRED,
        };
        self.barred.store(barred, Ordering::Release);
    }

    /// The share of the time at which it warns, in millionths.
    #[inline]
    pub(crate) fn warns_at(&self) -> Option<u32> {
        Some(self.options.warn_at).filter(|share| *share != 0)
    }

    /// What [`on_overdue`](Self::on_overdue) has set.
    pub(crate) fn does_on_overdue(&self) -> OnOverdue {
        self.options.on_overdue
    }

    pub(crate) fn ignores_pauses(&self) -> bool {
        self.options.ignores_pauses
    }

    /// Marks its scopes as those of futures: one that is on a stack is being polled.
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

    /// Calls `work` with every registered site.
    pub(crate) fn each(mut work: impl FnMut(&'static Self)) {
        let count = *lock(&COUNT);
        for number in 1..=count {
            work(Self::by_id(number));
        }
    }

    /// The site with this number; a placeholder for 0.
    ///
    /// # Panics
    ///
    /// If [`register`](Self::register) never assigned the number.
    pub(crate) fn by_id(id: u32) -> &'static Self {
        if id & !LIMITED == 0 {
            return &UNKNOWN;
        }
        let (row, _, at) = row_of(id & !LIMITED);
        let site = SITES[row].get().and_then(|row| row[at].get());
        site.expect("a number that was given")
    }

    /// The time limit of all its scopes, if its number is [`LIMITED`].
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
