//! Tests in which every check trips once.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::check::fault::{self, Struck};
use crate::stack::current::force_cold;
use crate::testing::leak_check::LeakCheck;
use crate::testing::test_clock::{pause, resume};
use crate::time::source;
use crate::trip::{boundary, hook};

/// More checks than a test should have; the time they take grows with the square.
const MOST: u64 = 3_000;

/// Shows that `f` is right wherever it is cut: runs it again and again, with a trip at the first
/// check that it comes to, at the second, and so on, until it ends before there is one. Returns the
/// number of trips.
///
/// Each run trips the innermost scope that is open at that check, as its time (or, if it has none,
/// its iterations: a limit of zero) would; a check outside any scope, or right in an unbounded
/// [`shield`](crate::shield()), does not count. Loops in strips are checked at every iteration, except
/// plain ones over a list (`for x in [a, b]`), or in the body of another by literals (`for i in 0..4`).
/// Meanwhile the clock of this thread stands still, unless it did before, so that nothing else trips.
/// Checks that other threads come to are not touched.
///
/// What `f` asserts holds for every run. A trip that has no place for an error ends the run, like one
/// in [`Budget::run`](crate::Budget::run), and is no failure. Nothing may be left behind
/// ([`LeakCheck`]).
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
/// If `f` panics; the message tells the check that tripped, its place, and the scope. If a run comes
/// to more than 3,000 checks, or leaves something behind. If it is called by `f`.
#[track_caller]
pub fn every_trip<T>(mut f: impl FnMut() -> T) -> u64 {
    assert!(!source::takes_every_check(), "every_trip inside every_trip");
    for passing in 0..MOST {
        let leaks = LeakCheck::new();
        let (outcome, struck) = run(passing, &mut f);
        let trip = || match struck {
            Some(struck) => format!("with a trip at check {} ({struck})", passing + 1),
            None => "in the run without a trip".to_owned(),
        };
        if let Err(payload) = outcome {
            let message = hook::message(&*payload);
            hook::discard(payload);
            panic!("every_trip: failed {}: {message}", trip());
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

/// One run: what came of it, and the check that tripped.
fn run<T>(
    passing: u64,
    f: &mut impl FnMut() -> T,
) -> (Result<(), Box<dyn Any + Send>>, Option<Struck>) {
    let pauses = source::paused_at().is_none();
    if pauses {
        pause();
    }
    fault::begin(passing);
    force_cold();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        // A trip on its way is where it should be.
        _ = boundary::run(|| drop(f()));
    }));
    let struck = fault::end();
    if pauses {
        resume();
    }
    force_cold();
    (outcome, struck)
}
