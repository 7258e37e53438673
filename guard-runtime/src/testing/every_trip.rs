//! Tests in which every check trips once.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::check::fault::{self, Struck};
use crate::stack::current::force_cold;
use crate::testing::leak_check::LeakCheck;
use crate::testing::test_clock::pause;
use crate::time::source;
use crate::trip::tripped::Tripped;
use crate::trip::{boundary, hook, log};

/// More checks than a test should have: the time they take grows with the square.
const MOST: u64 = 3_000;

/// Shows that `f` is correct wherever it is cut short: runs it again and again, with a trip at the first check that
/// it reaches, then at the second, and so on, until it ends before the trip. Returns the number of trips.
///
/// Each run trips the innermost scope that is open at that check, as if its time were spent (or its iterations if
/// it has no time limit, reported with a limit of zero). A check outside every scope, or directly in an unbounded
/// [`shield`](crate::shield()), does not count. Loops in strips are checked at every iteration, except plain loops
/// over literals (`for i in 0..4`) inside the body of another loop. Meanwhile the clock of this thread stands
/// still, unless it did before, so that nothing else trips. Checks of other threads are not affected.
///
/// What `f` asserts has to hold in every run, and so does what it returns ([`Outcome`]): an `Err` that does not
/// come from the trip is a failure, like a panic. A trip that has no place for an error ends the run, like a trip
/// in [`Budget::run`](crate::Budget::run), and is no failure. Nothing may be left behind ([`LeakCheck`]).
///
/// ```
/// use guard_runtime::{Tripped, loop_guard, testing::every_trip};
///
/// struct Account { balance: i32, log: Vec<i32> }
///
/// #[loop_guard(timeout = "1s")]
/// fn book(account: &mut Account, amounts: &[i32]) -> Result<(), Tripped> {
///     for &amount in amounts {
///         account.log.push(amount);
///         account.balance += amount;
///     }
///     Ok(())
/// }
///
/// let trips = every_trip(|| {
///     let mut account = Account { balance: 0, log: Vec::new() };
///     let outcome = book(&mut account, &[1, 2, 3]);
///     assert_eq!(account.balance, account.log.iter().sum::<i32>());
///     assert!(outcome.is_err() || account.log.len() == 3);
/// });
/// assert_eq!(trips, 4); // at the entry, and at each of the iterations
/// ```
///
/// # Panics
///
/// If `f` panics, or returns an error that is not the trip's; the message names the check that tripped, its place,
/// and the scope. If a run reaches more than 3,000 checks, or leaves something behind. If it is called inside `f`.
#[track_caller]
pub fn every_trip<T: Outcome>(mut f: impl FnMut() -> T) -> u64 {
    assert!(!source::takes_every_check(), "every_trip inside every_trip");
    for passing in 0..MOST {
        let leaks = LeakCheck::new();
        let (outcome, struck) = run(passing, &mut f);
        let trip = || match struck {
            Some(struck) => format!("with a trip at check {} ({struck})", passing + 1),
            None => "in the run without a trip".to_owned(),
        };
        match outcome {
            Ok(None) => {}
            Ok(Some(error)) => panic!("every_trip: returned an error {}: {error}", trip()),
            Err(payload) => {
                let message = hook::message(&*payload);
                hook::discard(payload);
                panic!("every_trip: failed {}: {message}", trip());
            }
        }
        let (open, deferred) = (leaks.open_scopes(), leaks.deferred());
        assert!(
            open == 0 && deferred == 0,
            "every_trip: {} left {open} scopes open and {deferred} deferred calls not made",
            trip()
        );
        if struck.is_none() {
            return passing;
        }
    }
    panic!("every_trip: more than {MOST} checks; is there a loop that only a trip ends?");
}

/// What the closure of [`every_trip`] may return: nothing, or a `Result`.
///
/// An `Err` counts as the trip's if it is the [`Tripped`], has it as a source, or shows it in its `Debug` output;
/// every other error is a failure. If an error type hides the trip, match it inside the closure.
///
/// ```
/// use guard_runtime::testing::every_trip;
/// use guard_runtime::{Tripped, loop_guard};
///
/// #[loop_guard(timeout = "1s")]
/// fn sum(items: &[u64]) -> Result<u64, Tripped> {
///     let mut sum = 0;
///     for item in items {
///         sum += item;
///     }
///     Ok(sum)
/// }
///
/// // Its own trip is no failure, a wrong sum would be one.
/// let trips = every_trip(|| match sum(&[1, 2])? {
///     3 => Ok(()),
///     wrong => Err(Box::<dyn std::error::Error>::from(format!("{wrong}"))),
/// });
/// assert_eq!(trips, 3);
/// ```
pub trait Outcome {
    /// The error's `Debug` output, if there is an error that is not the trip's. `tripped` tells whether anything
    /// tripped.
    #[doc(hidden)]
    fn failure(self, tripped: bool) -> Option<String>;
}

impl Outcome for () {
    fn failure(self, _: bool) -> Option<String> {
        None
    }
}

impl<T, E: fmt::Debug + 'static> Outcome for Result<T, E> {
    fn failure(self, tripped: bool) -> Option<String> {
        let error = self.err()?;
        let shown = format!("{error:?}");
        let is_the_trips = tripped
            && (holds_a_trip(&error)
                || shown.contains("Tripped { scope: ")
                || shown.contains("loop guard: "));
        (!is_the_trips).then_some(shown)
    }
}

/// Whether the error is a trip, or has one as a source.
fn holds_a_trip(error: &dyn Any) -> bool {
    let mut source: Option<&(dyn Error + 'static)> = None;
    if error.is::<Tripped>() {
        return true;
    } else if let Some(error) = error.downcast_ref::<io::Error>() {
        source = Some(error);
    } else if let Some(error) = error.downcast_ref::<Box<dyn Error>>() {
        source = Some(&**error);
    } else if let Some(error) = error.downcast_ref::<Box<dyn Error + Send + Sync>>() {
        source = Some(&**error);
    }
    while let Some(error) = source {
        if error.is::<Tripped>() {
            return true;
        }
        // The error inside an `io::Error` is not its source, but that error's own source is.
        source = match error.downcast_ref::<io::Error>().map(io::Error::get_ref) {
            Some(held) => held.map(|held| held as _),
            None => error.source(),
        };
    }
    false
}

/// The result of one run: the message of an error that is not the trip's, or a panic.
type Run = Result<Option<String>, Box<dyn Any + Send>>;

/// Runs `f` once. Also returns the check that tripped.
fn run<T: Outcome>(passing: u64, f: &mut impl FnMut() -> T) -> (Run, Option<Struck>) {
    let paused = source::paused_at().is_none().then(pause);
    fault::begin(passing);
    let mark = log::count();
    force_cold();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        // A trip that unwinds to here has ended the run as it should.
        let outcome = boundary::boundary(&mut *f).ok()?;
        outcome.failure(log::count() != mark)
    }));
    let struck = fault::end();
    drop(paused);
    force_cold();
    (outcome, struck)
}
