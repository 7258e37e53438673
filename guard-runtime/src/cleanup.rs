//! What runs when a scope or a block is left, whatever the way, and is told why.

use core::fmt;
use core::panic::Location as Caller;
use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crate::clock;
use crate::frame::{self, Stack};
use crate::hook::{self, Event};
use crate::leave;
use crate::record;
use crate::shield::{CLEANUP, Planned, Standing};
use crate::site::Location;
use crate::tripped::Tripped;

/// Nanoseconds that a cleanup may take, if it does not say.
pub(crate) const WITHIN: u64 = 1_000_000_000;

/// Why a scope was left, as its cleanup is told.
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
#[allow(
    clippy::struct_excessive_bools,
    reason = "none of them depends on another"
)]
pub struct Deferred<F: FnOnce(&Exit<'_>)> {
    run: Option<F>,
    within: u64,
    /// Whether it stands for a scope of its own, one deeper than where it was made.
    own: bool,
    /// Whether the thread unwound already.
    unwinding: bool,
    /// The trips so far.
    mark: u64,
    place: &'static Caller<'static>,
    /// The guarded future in whose body it was made.
    task: usize,
    /// Whether it stands for a future that has not come to its end.
    awaits: bool,
    #[cfg(feature = "testing")]
    counted: bool,
}

/// Has `run` called when the value is dropped, and told why; for at most a second, or as long as
/// [`within`](Deferred::within) says.
///
/// The macro [`defer!`](macro@crate::defer) is this with a name for the value. Whatever the way out
/// (return, `?`, trip, panic), it is called once, after what was bound behind it is gone. The budgets
/// of the scopes around do not count in it ([`shield`](crate::shield)); the guarded loops and
/// checkpoints that it reaches trip when its own time is over, which is reported
/// ([`Event::CleanupOverrun`]).
///
/// A panic in it, while the thread unwinds already, is caught and reported ([`Event::Panicked`]), and
/// the first panic goes on; otherwise it is a panic like any other, and what else is deferred runs. As
/// everywhere while a thread unwinds, a guarded function that has no place for an error is not cut
/// short then. Under `panic = "abort"`, a panic runs nothing, and neither does `process::exit`.
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
        #[cfg(feature = "testing")]
        counted: crate::leak_check::made(),
        run: Some(run),
        within: WITHIN,
        own: false,
        unwinding: thread::panicking(),
        mark: record::count(),
        place: Caller::caller(),
        task: frame::task(),
        awaits: false,
    }
}

/// The cleanup of a function. With a scope of its own (`own`), that scope's trip is the function's.
#[doc(hidden)]
#[inline(always)]
#[track_caller]
pub fn cleanup<F: FnOnce(&Exit<'_>)>(own: bool, within: Option<u64>, run: F) -> Deferred<F> {
    let mut deferred = defer(run);
    deferred.own = own;
    deferred.within = within.unwrap_or(WITHIN);
    deferred
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
    let mut deferred = cleanup(own, within, run);
    deferred.awaits = true;
    deferred
}

impl<F: FnOnce(&Exit<'_>)> Deferred<F> {
    /// The future has come to its end.
    #[doc(hidden)]
    #[inline]
    pub fn finish(mut self) {
        self.awaits = false;
        self.task = frame::task();
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
        self.within = within;
        self
    }

    /// Drops the call unmade.
    #[inline]
    pub fn defuse(mut self) {
        self.run = None;
    }

    /// Runs behind a wall. A trip of this call's own budget ends here: the wall reports it.
    #[inline(always)]
    fn call(&self, run: F, exit: &Exit<'_>) {
        let outcome = match Planned::new(self.within, self.place) {
            Some(_wall) => leave::run(|| run(exit)),
            None => return self.call_slowly(run, exit),
        };
        if let Err(tripped) = outcome {
            self.cut(tripped);
        }
    }

    #[cold]
    #[inline(never)]
    fn call_slowly(&self, run: F, exit: &Exit<'_>) {
        let outcome = {
            let _wall = Standing::new(CLEANUP, self.within, self.place);
            leave::run(|| run(exit))
        };
        if let Err(tripped) = outcome {
            self.cut(tripped);
        }
    }

    /// A trip inside that had no place for an error.
    #[cold]
    #[inline(never)]
    fn cut(&self, tripped: Tripped) {
        let here = Location::of(self.place);
        if !(tripped.scope() == "cleanup" && tripped.scope_location() == here) {
            leave::panic(tripped);
        }
    }

    #[cold]
    #[inline(never)]
    fn call_and_tell(&self, run: F) {
        let unwinds = thread::panicking();
        let panics = unwinds && !self.unwinding;
        // The scopes inside are left, and so is its own.
        let bound = Stack::current().how_many() + u32::from(self.own);
        // Outside of the polls of its future, that is dropped: perhaps because its time was over.
        let apart = self.awaits || frame::task() != self.task;
        let tripped = if apart {
            (!self.awaits).then(|| record::left(self.task)).flatten()
        } else {
            record::since(self.mark, bound).or_else(|| panics.then(record::flying).flatten())
        };
        let exit = match &tripped {
            Some(tripped) => Exit::Tripped(tripped),
            None if panics => Exit::Panicked,
            None if apart => Exit::Dropped,
            None => Exit::Returned,
        };
        if !unwinds {
            return self.call(run, &exit);
        }
        // A second panic out of a destructor would abort.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.call(run, &exit))) {
            hook::report(&Event::Panicked {
                location: Location::of(self.place),
                message: hook::message(&*payload),
            });
            hook::discard(payload);
        }
    }
}

impl<F: FnOnce(&Exit<'_>)> Drop for Deferred<F> {
    #[inline]
    fn drop(&mut self) {
        #[cfg(feature = "testing")]
        if self.counted {
            crate::leak_check::gone();
        }
        let Some(run) = self.run.take() else { return };
        let apart = self.awaits || frame::task() != self.task;
        if record::count() == self.mark && !apart && !thread::panicking() {
            self.call(run, &Exit::Returned);
        } else {
            self.call_and_tell(run);
        }
    }
}

impl<F: FnOnce(&Exit<'_>)> fmt::Debug for Deferred<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred")
            .field("within", &Duration::from_nanos(self.within))
            .field("place", &format_args!("{}", self.place))
            .finish_non_exhaustive()
    }
}

/// Has something done when the block around is left, whatever the way: [`defer`](fn@crate::defer) without a name.
///
/// | you write | it means |
/// |---|---|
/// | `defer! { a(); b(); }` | do this |
/// | `defer!(\|exit\| log(exit))` | the same, told why: `exit` is an [`&Exit`](Exit) |
/// | `defer!(within = "100ms", \|exit\| log(exit))` | for at most this long, not a second |
/// | `defer!(within = limit, { a(); b() })` | a [`Duration`] |
/// | `let undo = defer(\|exit\| ...); undo.defuse();` | one that can be called off |
///
/// What is deferred last runs first, each exactly once, when what was declared behind it is gone. In
/// a function with or without the attribute.
///
/// ```
/// use std::cell::RefCell;
/// use guard_runtime::defer;
///
/// let told = RefCell::new(Vec::new());
/// {
///     defer!(|exit| told.borrow_mut().push(format!("last: {exit}")));
///     defer! { told.borrow_mut().push("first".to_owned()); }
/// }
/// assert_eq!(*told.borrow(), ["first", "last: returned"]);
/// ```
///
/// It borrows what it names until it has run. Where the code behind it needs that too, hand it a copy
/// or a shared reference, put the value into a `Cell`, or move it in (`move |_| ...`).
#[macro_export]
macro_rules! defer {
    (within = $within:expr, $($call:tt)+) => {
        let __deferred = $crate::__deferred!($($call)+)
            .within_nanos($crate::__private::within!($crate, $within));
    };
    ($($call:tt)+) => {
        let __deferred = $crate::__deferred!($($call)+);
    };
}

/// The value of a [`defer!`] without its bound.
#[doc(hidden)]
#[macro_export]
macro_rules! __deferred {
    (| $($closure:tt)+) => { $crate::defer(| $($closure)+) };
    (move | $($closure:tt)+) => { $crate::defer(move | $($closure)+) };
    (|| $($closure:tt)*) => { $crate::defer(|_| $($closure)*) };
    (move || $($closure:tt)*) => { $crate::defer(move |_| $($closure)*) };
    ({ $($body:tt)* } $(,)?) => { $crate::defer(|_| { $($body)* }) };
    ($($body:tt)+) => { $crate::defer(|_| { $($body)+ }) };
}

/// Without the macro crate, durations are expressions.
#[cfg(not(feature = "macros"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __within {
    ($root:path, $within:expr) => {
        $crate::__private::nanos($within)
    };
}
