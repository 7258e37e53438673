//! The clock that tests move by hand.

use core::time::Duration;

use crate::alarm::paused;
use crate::driver;
use crate::stack::current::force_cold;
use crate::time::{clock, source};

/// Stops the clock of this thread, at its present time.
///
/// Call it outside guarded functions: one that has begun keeps its clock until its next tick. Ends
/// with [`resume`], or with the thread.
pub fn pause() {
    source::set_paused_at(Some(clock::now()));
    // While paused, no check of this thread relies on the ticker: each one reads the clock.
    force_cold();
}

/// Lets the clock of this thread run again, from the real time.
pub fn resume() {
    source::set_paused_at(None);
    force_cold();
    // They wait for another clock from now on.
    paused::fire(u64::MAX);
}

/// Moves the clock of this thread forward, and wakes the guarded futures that it last polled and whose
/// deadline that is past.
///
/// # Panics
///
/// If it is not paused.
#[track_caller]
pub fn advance(by: Duration) {
    let now = source::paused_at()
        .expect("advance: this thread's clock is not paused; call testing::pause() first");
    let now = now.saturating_add(clock::nanos(by));
    source::set_paused_at(Some(now));
    paused::fire(now);
}

/// Makes every tick of this process late by this much, between its clock reading and its
/// publication, where it hurts most; [`Duration::ZERO`] ends it. For tests of "never early".
pub fn starve_ticker(by: Duration) {
    driver::set_stall(clock::nanos(by));
}
