//! A cleanup was told of a trip that was not its own, or was not told of its own.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::panic::{catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use futures::executor::block_on;
use guard_runtime::{Budget, Exit, Tripped, defer, loop_guard};

const MILLI: Duration = Duration::from_millis(1);

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn tell(exit: &Exit<'_>) {
    let exit = match exit {
        Exit::Tripped(tripped) => format!("tripped: {}", tripped.scope()),
        other => other.to_string(),
    };
    TOLD.with_borrow_mut(|told| told.push(exit));
}

fn told() -> Vec<String> {
    TOLD.take()
}

#[loop_guard(inherit)]
fn never_ends() {
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(inherit, cleanup = tell)]
fn is_cleaned_up() {
    resume_unwind(Box::new("an ordinary panic"));
}

/// An ordinary panic, without a message.
fn panics() {
    _ = catch_unwind(|| {
        defer!(|exit| tell(exit));
        resume_unwind(Box::new("an ordinary panic"));
    });
}

#[test]
fn a_panic_after_a_trip_that_was_caught_on_its_way_is_a_panic() {
    let run = Budget::timeout(MILLI).named("run").run(|| {
        _ = catch_unwind(never_ends);
        panics();
        _ = catch_unwind(is_cleaned_up);
    });
    assert!(run.is_ok(), "what was caught is gone");
    panics();
    _ = catch_unwind(is_cleaned_up);
    assert_eq!(told(), ["panicked"; 4]);
}

#[test]
fn also_in_a_cleanup_that_was_there_before_the_trip() {
    _ = catch_unwind(|| {
        defer!(|exit| tell(exit));
        let run = Budget::timeout(MILLI).run(|| drop(catch_unwind(never_ends)));
        assert!(run.is_ok());
        resume_unwind(Box::new("an ordinary panic"));
    });
    assert_eq!(told(), ["panicked"]);
}

#[test]
fn also_while_what_was_caught_is_kept() {
    let mut kept = None;
    _ = Budget::timeout(MILLI).run(|| kept = catch_unwind(never_ends).err());
    assert!(kept.is_some());
    panics();
    assert_eq!(told(), ["panicked"]);
}

#[test]
fn a_trip_that_is_caught_and_resumed_is_still_the_trip() {
    let run = Budget::timeout(MILLI).named("run").run(|| {
        defer!(|exit| tell(exit));
        if let Err(payload) = catch_unwind(never_ends) {
            resume_unwind(payload);
        }
    });
    assert!(run.is_err());
    assert_eq!(told(), ["tripped: run"]);
}

#[loop_guard(timeout = limit, name = "waits")]
async fn waits(limit: Duration) -> Result<(), Tripped> {
    defer!(|exit| tell(exit));
    pending().await
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls until shortly after its deadline.
fn is_left<F: Future<Output = Result<(), Tripped>>>(mut future: Pin<&mut F>) {
    loop {
        if let Poll::Ready(outcome) = poll(future.as_mut()) {
            return assert!(outcome.is_err());
        }
        thread::sleep(MILLI);
    }
}

#[test]
fn a_future_where_one_was_that_was_left_by_its_deadline_is_dropped_as_itself() {
    let mut future = Box::pin(waits(MILLI));
    is_left(future.as_mut());
    assert_eq!(told(), ["tripped: waits"]);

    // The next future is at the same address, and only another thread has polled it.
    future.set(waits(MILLI * 3_600_000));
    let future = thread::spawn(move || {
        assert!(poll(future.as_mut()).is_pending());
        future
    });
    drop(future.join().unwrap());
    assert_eq!(told(), ["dropped"]);
}

#[loop_guard(timeout = "1ms", name = "inner")]
async fn waits_in_silence() -> Result<(), Tripped> {
    pending().await
}

struct BlocksOnAnother;

impl Drop for BlocksOnAnother {
    fn drop(&mut self) {
        assert!(block_on(waits_in_silence()).is_err());
    }
}

#[test]
fn destructors_that_block_on_other_futures_hide_nothing() {
    #[loop_guard(timeout = "1ms", name = "outer")]
    async fn outer() -> Result<(), Tripped> {
        defer!(|exit| tell(exit));
        defer!(|exit| {
            tell(exit);
            assert!(block_on(waits_in_silence()).is_err());
        });
        let _another = BlocksOnAnother;
        pending().await
    }
    let mut future = Box::pin(outer());
    is_left(future.as_mut());
    assert_eq!(told(), ["tripped: outer", "tripped: outer"]);
}
