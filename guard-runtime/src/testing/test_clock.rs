//! The clock that tests move by hand.

use core::marker::PhantomData;
use core::time::Duration;

use crate::alarm::paused;
use crate::stack::current::force_cold;
use crate::time::{clock, source};

/// Stops the clock of this thread at its current time, until the guard is dropped.
///
/// Call it outside guarded functions: one that is already running keeps its clock until it next reads the time. If
/// the clock is stopped already, the guard of the outer call stays responsible.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, checkpoint, testing};
///
/// let paused = testing::pause();
/// let outcome = Budget::timeout(Duration::from_secs(1)).run(|| {
///     testing::advance(Duration::from_secs(2));
///     checkpoint()
/// });
/// assert!(outcome.unwrap().is_err());
/// drop(paused); // the clock runs again
/// ```
pub fn pause() -> Paused {
    let outermost = source::paused_at().is_none();
    source::set_paused_at(Some(clock::now()));
    // While the clock is paused, no check of this thread relies on the ticker: each one reads the clock.
    force_cold();
    Paused {
        outermost,
        here: PhantomData,
    }
}

/// Keeps the clock of this thread stopped until it is dropped: the value of [`pause`].
#[derive(Debug)]
#[must_use = "the clock runs again as soon as this is dropped"]
pub struct Paused {
    outermost: bool,
    /// Makes the type neither `Send` nor `Sync`: it belongs to one thread.
    here: PhantomData<*const ()>,
}

impl Drop for Paused {
    fn drop(&mut self) {
        if !self.outermost {
            return;
        }
        source::set_paused_at(None);
        force_cold();
        // Tasks that wait for the paused clock have to be polled, to wait for another one.
        paused::fire(u64::MAX);
    }
}

/// Moves the clock of this thread forward, and wakes the guarded futures that this thread polled last and whose
/// deadline has then passed.
///
/// # Panics
///
/// If the clock is not paused.
#[track_caller]
pub fn advance(by: Duration) {
    paused::advance(clock::nanos(by))
        .expect("advance: this thread's clock is not paused; call testing::pause() first");
}

/// Moves the clock of this thread forward like [`advance`], and its CPU time with it: simulates a loop that was
/// busy for this long. While the clock is paused, this is the only CPU time that the thread spends (feature `cpu`).
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, Cause, checkpoint, testing};
///
/// let _paused = testing::pause();
/// let budget = Budget::new().cpu(Duration::from_secs(1));
/// let outcome = budget.run(|| {
///     testing::advance(Duration::from_secs(60)); // waits
///     checkpoint().unwrap();
///     testing::spend_cpu(Duration::from_secs(2)); // computes
///     checkpoint()
/// });
/// let tripped = outcome.unwrap().unwrap_err();
/// assert!(matches!(tripped.cause(), Cause::Cpu { .. }));
/// ```
///
/// # Panics
///
/// If the clock is not paused.
#[cfg(feature = "cpu")]
#[track_caller]
pub fn spend_cpu(by: Duration) {
    source::spend_cpu(clock::nanos(by));
    advance(by);
}
