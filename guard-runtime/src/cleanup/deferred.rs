//! What runs when a scope or a block is left, on every way out, and is told why.

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

/// How many nanoseconds a cleanup may take unless it sets its own limit.
pub(crate) const WITHIN: u64 = 1_000_000_000;

/// Why a scope was left, as its cleanup is told.
///
/// An `Err` of the function's own is a value that it [returned](Self::Returned), whether by `?`, by `return` or as
/// its last expression. Only the function knows which values mean that something has to be undone: an `Err` can be
/// the answer that was asked for, and a `None` or a `false` a failure. So the function says where it has succeeded:
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
    /// It reached its end, or returned a value or an error of its own.
    Returned,
    /// A check in it noticed that a budget was spent: its own, or that of a scope around it.
    Tripped(&'t Tripped),
    /// A panic is unwinding.
    Panicked,
    /// A guarded future was dropped before its end. (If its time ran out while it waited, it is left by that trip
    /// instead.)
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
    call: DeferredCall<F>,
    /// The guarded future in whose body it was created.
    task: usize,
}

/// The cleanup of a function: a deferred call that nobody can move.
#[doc(hidden)]
#[must_use]
pub struct AtExit<F: FnOnce(&Exit<'_>)> {
    call: DeferredCall<F>,
}

struct DeferredCall<F> {
    run: Option<F>,
    /// How many frames the function has of its own, above the depth at which the call was deferred: its scope, and
    /// perhaps a wall below it.
    own: u32,
    /// How many nanoseconds the call may take.
    within: u64,
    /// The number of the last trip when the call was deferred, with flags in the bits below for unusual
    /// circumstances. So a single comparison recognises the usual case.
    mark: u64,
    place: &'static Caller<'static>,
}

impl<F: FnOnce(&Exit<'_>)> DeferredCall<F> {
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
            own: u32::from(own),
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

/// Calls `run` when the returned value is dropped, and tells it why. The call may take a second at most, or as long
/// as [`within`](Deferred::within) says.
///
/// The macro [`defer!`](macro@crate::defer) does the same without a name for the value. Whatever the way out
/// (return, `?`, trip, panic), the call is made once, after the variables that were bound behind it are dropped.
/// The budgets of the scopes around do not count in it ([`shield`](crate::shield)); the guarded loops and
/// checkpoints that it reaches trip when its own time is over, which is reported
/// ([`Event::CleanupOverrun`](crate::Event::CleanupOverrun)).
///
/// If it panics while the thread is already unwinding, its panic is caught and reported
/// ([`Event::CleanupPanicked`](crate::Event::CleanupPanicked)), and the first panic continues; otherwise it is a
/// panic like any other, and other deferred calls still run. As everywhere while a thread unwinds, a guarded
/// function that has no place for an error is not cut short then. Under `panic = "abort"` a panic runs no deferred
/// calls, and neither does `process::exit`.
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
        call: DeferredCall::new(run, false, WITHIN, Caller::caller()),
        task: source::task(),
    }
}

/// The cleanup of a function. With `own`, the function has a scope of its own, and that scope's trip counts as the
/// function's.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
pub fn cleanup<F: FnOnce(&Exit<'_>)>(own: bool, within: Option<u64>, run: F) -> AtExit<F> {
    AtExit {
        call: DeferredCall::new(run, own, within.unwrap_or(WITHIN), Caller::caller()),
    }
}

/// Like [`cleanup`], for an async function, which calls [`finish`](Deferred::finish) at its end.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
pub fn cleanup_of_future<F: FnOnce(&Exit<'_>)>(
    own: bool,
    within: Option<u64>,
    run: F,
) -> Deferred<F> {
    let mut call = DeferredCall::new(run, own, within.unwrap_or(WITHIN), Caller::caller());
    call.mark |= AWAITS;
    Deferred {
        call,
        task: source::task(),
    }
}

impl<F: FnOnce(&Exit<'_>)> Deferred<F> {
    /// Makes the call, since the future has finished.
    #[doc(hidden)]
    #[inline]
    pub fn finish(mut self) {
        self.call.mark &= !AWAITS;
        self.task = source::task();
    }

    /// If the future is an entry point, its scope has a wall below it.
    #[doc(hidden)]
    #[inline]
    pub fn below_root(mut self, is_root: bool) -> Self {
        self.call.own += u32::from(is_root);
        self
    }

    /// Sets how long the call may take.
    ///
    /// ```
    /// use std::{cell::Cell, time::Duration};
    /// use guard_runtime::{Tripped, defer, loop_guard};
    ///
    /// #[loop_guard(inherit)]
    /// fn flush() -> Result<(), Tripped> {
    ///     loop {} // never done
    /// }
    ///
    /// # fn main() {
    /// let was_cut = Cell::new(false);
    /// {
    ///     let _flush = defer(|_| was_cut.set(flush().is_err())).within(Duration::from_millis(5));
    /// }
    /// assert!(was_cut.get());
    /// # }
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

    /// Drops the deferred code without running it.
    #[inline]
    pub fn defuse(mut self) {
        self.call.run = None;
    }
}

impl<F: FnOnce(&Exit<'_>)> DeferredCall<F> {
    /// Makes the call. `task` is the future in whose body the call was deferred, if the value can have moved since.
    #[inline(always)]
    fn make(&self, run: F, task: Option<usize>) {
        // Nothing has tripped since the call was deferred, and nothing was unusual then.
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

    /// Makes the call behind a wall that may have to read the clock first.
    fn make_slowly(&self, run: F, exit: &Exit<'_>) {
        let outcome = {
            // Inside an allocator that the runtime calls there are no scopes around.
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
        // The depth below which scopes belong to the outside: those inside have been left, and so has the
        // function's own.
        let bound = current::depth() + self.own;
        let awaits = self.mark & AWAITS != 0;
        // If nobody polls the call's future, that future is being dropped, perhaps because its time ran out.
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

    /// Tells the leak check that the call is no longer pending.
    #[cfg(feature = "testing")]
    #[inline]
    fn forget(&self) {
        if self.mark & COUNTED != 0 {
            pending::gone();
        }
    }
}

/// Handles a trip that unwound out of the cleanup at `place`. A trip of the cleanup's own budget ends here, since
/// its overrun is reported; any other trip continues.
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
