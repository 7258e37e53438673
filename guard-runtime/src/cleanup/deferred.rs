//! What runs when a scope or a block is left, whatever the way, and is told why.

use core::fmt;
use core::panic::Location as Caller;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

#[cfg(feature = "testing")]
use crate::base::layout::COUNTED;
use crate::base::layout::{AWAITS, SHORT, UNWINDING};
use crate::base::location::Location;
use crate::base::reentry;
use crate::check::enter::LONG;
#[cfg(feature = "testing")]
use crate::cleanup::pending;
use crate::cleanup::shield::Bounded;
use crate::stack::current;
use crate::time::clock;
use crate::time::source;
use crate::trip::hook;
use crate::trip::tripped::Tripped;
use crate::trip::{boundary, log};

/// Nanoseconds that a cleanup may take, if it does not say.
pub(crate) const WITHIN: u64 = 1_000_000_000;

/// Why a scope was left, as its cleanup is told.
///
/// An `Err` of the function's own is a value that it [returned](Self::Returned), by whatever way: `?`, `return`, its last
/// expression. Which values mean that something has to be undone, the function knows and no cleanup does: the same `Err` can be
/// the answer that was asked for, and a `None` or a `false` a failure. So it says so where it has succeeded:
///
/// ```
/// use guard_runtime::{defer, loop_guard};
/// use std::{cell::RefCell, error::Error};
///
/// #[loop_guard(timeout = "1s")]
/// fn import(rows: &[&str], table: &RefCell<Vec<u32>>) -> Result<(), Box<dyn Error>> {
///     let before = table.borrow().len();
///     let undo = defer(|_| table.borrow_mut().truncate(before)); // all rows or none
///     for row in rows {
///         table.borrow_mut().push(row.parse()?);
///     }
///     undo.defuse();
///     Ok(())
/// }
///
/// let table = RefCell::default();
/// assert!(import(&["1", "two"], &table).is_err());
/// assert!(table.borrow().is_empty());
/// import(&["1", "2"], &table).unwrap();
/// assert_eq!(*table.borrow(), [1, 2]);
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Exit<'t> {
    /// Its end was reached, or it returned: a value, or an error of its own.
    Returned,
    /// A check in it noticed that a budget had run out: its own, or one around it.
    Tripped(&'t Tripped),
    /// A panic unwinds.
    Panicked,
    /// A guarded future was dropped before its end. (One whose time was over while it waited is left
    /// by that trip.)
    Dropped,
}

impl fmt::Display for Exit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned => f.write_str("returned"),
            Self::Tripped(tripped) => write!(f, "tripped: {tripped}"),
            Self::Panicked => f.write_str("panicked"),
            Self::Dropped => f.write_str("dropped"),
        }
    }
}

/// A call that is made when this is dropped: the value of [`defer`].
#[must_use = "it runs when this is dropped: at once, if it is bound to nothing"]
pub struct Deferred<F: FnOnce(&Exit<'_>)> {
    call: Call<F>,
    /// The guarded future in whose body it was made.
    task: usize,
}

/// The cleanup of a function: a deferred call that nobody can move.
#[doc(hidden)]
#[must_use]
pub struct AtExit<F: FnOnce(&Exit<'_>)> {
    call: Call<F>,
}

struct Call<F> {
    run: Option<F>,
    /// Whether the function has a scope of its own, one deeper than where the call was deferred.
    own: bool,
    /// The nanoseconds that it may take.
    within: u64,
    /// The trips of the process so far. The bits below them say what else is not as usual, so that one
    /// comparison finds the usual case.
    mark: u64,
    place: &'static Caller<'static>,
}

impl<F: FnOnce(&Exit<'_>)> Call<F> {
    #[inline(always)]
    fn new(run: F, own: bool, within: u64, place: &'static Caller<'static>) -> Self {
        let mut mark = log::count();
        if thread::panicking() {
            mark |= UNWINDING;
        }
        #[cfg(feature = "testing")]
        if pending::made() {
            mark |= COUNTED;
        }
        if within < LONG {
            mark |= SHORT;
        }
        Self {
            run: Some(run),
            own,
            within,
            mark,
            place,
        }
    }

    #[inline(always)]
    fn set_within(&mut self, within: u64) {
        self.within = within;
        self.mark &= !SHORT;
        if within < LONG {
            self.mark |= SHORT;
        }
    }
}

/// Has `run` called when the value is dropped, and told why; for at most a second, or as long as
/// [`within`](Deferred::within) says.
///
/// The macro [`defer!`](macro@crate::defer) is this with a name for the value. Whatever the way out
/// (return, `?`, trip, panic), it is called once, after what was bound behind it is gone. The budgets
/// of the scopes around do not count in it ([`shield`](crate::shield)); the guarded loops and
/// checkpoints that it reaches trip when its own time is over, which is reported
/// ([`Event::CleanupOverrun`](crate::Event::CleanupOverrun)).
///
/// A panic in it, while the thread unwinds already, is caught and reported
/// ([`Event::CleanupPanicked`](crate::Event::CleanupPanicked)), and the first panic goes on; otherwise it is
/// a panic like any other, and what else is deferred runs. As everywhere while a thread unwinds, a guarded
/// function that has no place for an error is not cut short then. Under `panic = "abort"`, a panic runs
/// nothing, and neither does `process::exit`.
///
/// ```
/// use guard_runtime::{Exit, defer};
///
/// fn transfer(balance: &std::cell::Cell<i32>, fail: bool) -> Result<(), String> {
///     let before = balance.get();
///     let undo = defer(|_| balance.set(before));
///     balance.set(before - 5);
///     if fail {
///         return Err("no".to_owned());
///     }
///     undo.defuse();
///     Ok(())
/// }
///
/// let balance = std::cell::Cell::new(10);
/// assert!(transfer(&balance, true).is_err());
/// assert_eq!(balance.get(), 10);
/// assert!(transfer(&balance, false).is_ok());
/// assert_eq!(balance.get(), 5);
/// ```
#[inline(always)]
#[track_caller]
pub fn defer<F: FnOnce(&Exit<'_>)>(run: F) -> Deferred<F> {
    Deferred {
        call: Call::new(run, false, WITHIN, Caller::caller()),
        task: source::task(),
    }
}

/// The cleanup of a function. With a scope of its own (`own`), that scope's trip is the function's.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
pub fn cleanup<F: FnOnce(&Exit<'_>)>(own: bool, within: Option<u64>, run: F) -> AtExit<F> {
    AtExit {
        call: Call::new(run, own, within.unwrap_or(WITHIN), Caller::caller()),
    }
}

/// The same of an async function; [`finish`](Deferred::finish) is its end.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
pub fn cleanup_of_future<F: FnOnce(&Exit<'_>)>(
    own: bool,
    within: Option<u64>,
    run: F,
) -> Deferred<F> {
    let mut call = Call::new(run, own, within.unwrap_or(WITHIN), Caller::caller());
    call.mark |= AWAITS;
    Deferred {
        call,
        task: source::task(),
    }
}

impl<F: FnOnce(&Exit<'_>)> Deferred<F> {
    /// The future has come to its end.
    #[doc(hidden)]
    #[inline]
    pub fn finish(mut self) {
        self.call.mark &= !AWAITS;
        self.task = source::task();
    }

    /// Sets how long the call may take.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::defer;
    ///
    /// let _flush = defer(|exit| println!("flushed: {exit}")).within(Duration::from_millis(100));
    /// ```
    #[inline(always)]
    pub fn within(self, limit: Duration) -> Self {
        self.within_nanos(clock::nanos(limit))
    }

    #[doc(hidden)]
    #[inline(always)]
    pub fn within_nanos(mut self, within: u64) -> Self {
        self.call.set_within(within);
        self
    }

    /// Drops the call unmade.
    #[inline]
    pub fn defuse(mut self) {
        self.call.run = None;
    }
}

impl<F: FnOnce(&Exit<'_>)> Call<F> {
    /// Makes the call. `task`: the future in whose body it was deferred, if the value can have moved since.
    #[inline(always)]
    fn make(&self, run: F, task: Option<usize>) {
        // No trip since it was deferred, and nothing unusual then.
        let as_usual = self.mark == log::count()
            && task.is_none_or(|task| task == source::task())
            && !thread::panicking();
        let wall = as_usual.then(|| Bounded::open(self.within, self.place));
        let Some(wall) = wall.flatten() else {
            return self.make_and_tell(run, task);
        };
        let outcome = boundary::boundary(|| run(&Exit::Returned));
        drop(wall);
        if let Err(tripped) = outcome {
            pass_on(tripped, self.place);
        }
    }

    /// Makes the call behind a wall that may have to look first.
    fn make_slowly(&self, run: F, exit: &Exit<'_>) {
        let outcome = {
            // An allocator's, while the runtime allocates, has no scopes around it.
            let barred = reentry::is_barred();
            let _wall = (!barred).then(|| Bounded::open_slowly(self.within, self.place));
            boundary::boundary(|| run(exit))
        };
        if let Err(tripped) = outcome {
            pass_on(tripped, self.place);
        }
    }

    #[cold]
    #[inline(never)]
    fn make_and_tell(&self, run: F, task: Option<usize>) {
        #[cfg(feature = "testing")]
        self.forget();
        let unwinds = thread::panicking();
        let panics = unwinds && self.mark & UNWINDING == 0;
        // The scopes inside have been left, and so has its own.
        let bound = current::depth() + u32::from(self.own);
        let awaits = self.mark & AWAITS != 0;
        // Where nobody polls its future, that future is being dropped, perhaps because its time was over.
        let elsewhere = task.filter(|task| awaits || *task != source::task());
        let tripped = match elsewhere {
            Some(task) => (!awaits).then(|| log::left(task, self.mark)).flatten(),
            None => log::since(self.mark, bound)
                .or_else(|| panics.then(|| log::flying(self.mark)).flatten()),
        };
        let exit = match &tripped {
            Some(tripped) => Exit::Tripped(tripped),
            None if panics => Exit::Panicked,
            None if elsewhere.is_some() => Exit::Dropped,
            None => Exit::Returned,
        };
        if !unwinds {
            return self.make_slowly(run, &exit);
        }
        // A second panic out of a destructor would abort.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.make_slowly(run, &exit))) {
            hook::cleanup_panicked(Location::of(self.place), payload);
        }
    }

    /// A leak check need not count it any more.
    #[cfg(feature = "testing")]
    #[inline]
    fn forget(&self) {
        if self.mark & COUNTED != 0 {
            pending::gone();
        }
    }
}

/// A trip unwound out of the cleanup at `place`. One of the cleanup's own budget ends here, since its overrun
/// is reported; any other one goes on.
#[cold]
#[inline(never)]
pub(crate) fn pass_on(tripped: Tripped, place: &'static Caller<'static>) {
    let is_own = tripped.scope() == "cleanup" && tripped.scope_location() == Location::of(place);
    if !is_own {
        boundary::panic(tripped);
    }
}

impl<F: FnOnce(&Exit<'_>)> Drop for Deferred<F> {
    #[inline]
    fn drop(&mut self) {
        match self.call.run.take() {
            Some(run) => self.call.make(run, Some(self.task)),
            #[cfg(feature = "testing")]
            None => self.call.forget(),
            #[cfg(not(feature = "testing"))]
            None => {}
        }
    }
}

impl<F: FnOnce(&Exit<'_>)> Drop for AtExit<F> {
    #[inline]
    fn drop(&mut self) {
        if let Some(run) = self.call.run.take() {
            self.call.make(run, None);
        }
    }
}

impl<F: FnOnce(&Exit<'_>)> fmt::Debug for Deferred<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred")
            .field("within", &Duration::from_nanos(self.call.within))
            .field("place", &format_args!("{}", self.call.place))
            .finish_non_exhaustive()
    }
}
