//! Policies: what is let through, how calls count that end in every way, and what they cost those around.
#![forbid(unsafe_code)]

mod attribute;
mod bulkhead;
mod chain;
mod events;
mod half_open;
mod listed;
mod retry;
mod ways_out;
mod window;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::testing;

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs a test on a clock that only it moves.
fn paused<T>(test: impl FnOnce() -> T) -> T {
    let _paused = testing::pause();
    test()
}

/// One poll.
fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The panic is what is asked for; its report would only be in the way.
fn panics(call: impl FnOnce()) {
    let outcome = catch_unwind(AssertUnwindSafe(call));
    assert!(outcome.is_err(), "it was to panic");
}
