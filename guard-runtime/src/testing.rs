//! A clock that tests move by hand.
//!
//! [`pause`] stops the clock of the calling thread: scopes that it enters from then on live in that
//! time, which only [`advance`] moves. Other threads are not touched, so tests run side by side.
//!
//! ```
//! use std::time::Duration;
//! use guard_runtime::{Tripped, loop_guard, testing};
//!
//! #[loop_guard(timeout = "30s")]
//! fn work(step: Duration) -> Result<u32, Tripped> {
//!     let mut done = 0;
//!     while done < 3 {
//!         testing::advance(step);
//!         done += 1;
//!     }
//!     Ok(done)
//! }
//!
//! # fn main() {
//! testing::pause();
//! assert_eq!(work(Duration::from_secs(15)).unwrap(), 3); // the last check is at the limit
//! assert!(work(Duration::from_nanos(15_000_000_001)).is_err());
//! testing::resume();
//! # }
//! ```
//!
//! [`every_trip`] runs a test with a trip at every check, one after the other; [`LeakCheck`] finds
//! scopes that are still open and cleanup that was forgotten.

pub(crate) mod every_trip;
pub(crate) mod leak_check;

use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU64, Ordering};
use core::task::Waker;
use core::time::Duration;

use crate::alarm::waiting;
use crate::stack::frame;
use crate::time::clock;
use crate::time::epoch::STALE;

pub use crate::testing::every_trip::every_trip;
pub use crate::testing::leak_check::LeakCheck;

thread_local! {
    static PAUSED_AT: Cell<Option<u64>> = const { Cell::new(None) };
    /// Tasks that wait for the paused clock.
    static ALARMS: RefCell<Vec<(u64, Waker)>> = const { RefCell::new(Vec::new()) };
}

/// Has [`advance`] wake the task, once it is past `due`. A thread that dies wakes nobody.
pub(crate) fn wake_after(due: u64, waker: &Waker) {
    let _ = ALARMS.try_with(|alarms| {
        let mut alarms = alarms.borrow_mut();
        if !alarms
            .iter()
            .any(|(at, other)| *at == due && other.will_wake(waker))
        {
            alarms.push((due, waker.clone()));
        }
    });
}

fn wake_before(now: u64) {
    let alarms = ALARMS.try_with(RefCell::take).unwrap_or_default();
    let (due, later): (Vec<_>, Vec<_>) = alarms.into_iter().partition(|(at, _)| *at < now);
    let _ = ALARMS.try_with(|alarms| alarms.borrow_mut().extend(later));
    waiting::wake(due.into_iter().map(|(_, waker)| waker).collect());
}

pub(crate) fn paused_at() -> Option<u64> {
    PAUSED_AT.get()
}

/// Stops the clock of this thread, at its present time.
///
/// Call it outside guarded functions: one that has begun keeps its clock until its next tick. Ends
/// with [`resume`], or with the thread.
pub fn pause() {
    PAUSED_AT.set(Some(clock::now()));
    // While paused, no check of this thread rests on the ticker: each one reads the clock.
    frame::set_seen(STALE);
}

/// Lets the clock of this thread run again, from the real time.
pub fn resume() {
    PAUSED_AT.set(None);
    frame::set_seen(STALE);
    // They wait for another clock from now on.
    wake_before(u64::MAX);
}

/// Moves the clock of this thread forward, and wakes the guarded futures that it last polled and whose
/// deadline that is past.
///
/// # Panics
///
/// If it is not paused.
#[track_caller]
pub fn advance(by: Duration) {
    let now = PAUSED_AT
        .get()
        .expect("advance: this thread's clock is not paused; call testing::pause() first");
    let now = now.saturating_add(clock::nanos(by));
    PAUSED_AT.set(Some(now));
    wake_before(now);
}

static STALL: AtomicU64 = AtomicU64::new(0);

/// Makes every tick of this process late by this much, between its clock reading and its
/// publication, where it hurts most; [`Duration::ZERO`] ends it. For tests of "never early".
pub fn starve_ticker(by: Duration) {
    STALL.store(clock::nanos(by), Ordering::Relaxed);
}

pub(crate) fn stall() {
    let stall = STALL.load(Ordering::Relaxed);
    if stall != 0 {
        std::thread::sleep(Duration::from_nanos(stall));
    }
}
