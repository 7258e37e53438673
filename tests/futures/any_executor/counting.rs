//! `iterations`: exact across awaits, threads and nested blocks.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use futures::executor::block_on;
use guard_runtime::{Cause, Tripped, loop_guard, testing};
use harness::Paused;

use super::by_hand::{ByHand, SECOND, pass, pause};

fn step(steps: &AtomicU32) {
    steps.fetch_add(1, Ordering::Relaxed);
}

/// Several loops, with and without awaits, in blocks and closures, three steps a round.
#[loop_guard(iterations = limit)]
async fn counted(steps: &AtomicU32, limit: u64, rounds: u32) -> Result<(), Tripped> {
    for round in 0..rounds / 6 {
        step(steps);
        if round % 2 == 0 {
            pass().await;
        }
    }
    let block = async {
        for _ in 0..rounds / 6 {
            step(steps);
            pass().await;
        }
    };
    block.await;
    (0..rounds / 6).for_each(|_| {
        let mut more = true;
        while more {
            step(steps);
            more = false;
        }
    });
    let (_, _) = futures::join!(
        async {
            for _ in 0..rounds / 6 {
                step(steps);
                pass().await;
            }
        },
        async {
            for _ in 0..rounds / 6 {
                pass().await;
                step(steps);
            }
        }
    );
    let mut left = rounds / 6;
    while left > 0 {
        step(steps);
        left -= 1;
    }
    Ok(())
}

const ROUNDS: u32 = 30;

#[test]
fn as_many_as_allowed_and_not_one_more() {
    let last = u64::from(ROUNDS);
    for limit in 0..=last + 2 {
        let steps = AtomicU32::new(0);
        let outcome = block_on(counted(&steps, limit, ROUNDS));
        if limit >= last {
            assert!(outcome.is_ok(), "{limit}");
            assert_eq!(steps.into_inner(), ROUNDS);
        } else {
            assert_eq!(outcome.unwrap_err().cause(), Cause::Iterations { limit });
            // A branch that waits before its step has begun an iteration for it.
            let steps = u64::from(steps.into_inner());
            assert!(
                steps == limit || (steps + 1 == limit && limit > 15),
                "{steps} of {limit}"
            );
        }
    }
}

#[test]
fn the_same_polled_by_one_thread_after_another() {
    for limit in [0, 1, 7, 14, 29, 30] {
        let steps = AtomicU32::new(0);
        let mut future = ByHand::new(counted(&steps, limit, ROUNDS));
        let outcome = loop {
            let polled = thread::scope(|scope| scope.spawn(|| future.poll()).join().unwrap());
            if let std::task::Poll::Ready(outcome) = polled {
                break outcome;
            }
        };
        assert_eq!(outcome.is_ok(), limit == 30);
    }
}

#[test]
fn a_scope_without_iterations_left_stays_so_while_it_waits() {
    #[loop_guard(iterations = 2)]
    async fn swallows(trips: &Cell<u32>) -> Result<(), Tripped> {
        for _ in 0..2 {}
        for _ in 0..3 {
            let swallowed = guard_runtime::checkpoint();
            trips.set(trips.get() + u32::from(swallowed.is_err()));
            pause().await;
        }
        Ok(())
    }
    let trips = Cell::new(0);
    let mut swallows = ByHand::new(swallows(&trips));
    assert!(swallows.finish().is_err());
    assert_eq!(trips.get(), 0, "the third iteration did not begin");
}

#[test]
fn a_spent_scope_does_not_wait() {
    #[loop_guard(iterations = 2, name = "spent")]
    async fn spent() -> Result<u32, Tripped> {
        let block = async { for _ in 0..5 {} };
        let _ = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(block)).await;
        pause().await;
        Ok(1)
    }
    let tripped = ByHand::new(spent()).finish().unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 2 });
}

#[test]
fn each_activation_counts_its_own() {
    #[loop_guard(iterations = 10)]
    async fn descends(depth: u32) -> Result<u32, Tripped> {
        let mut sum = 0;
        for _ in 0..5 {
            sum += 1;
            pass().await;
        }
        if depth > 0 {
            sum += Box::pin(descends(depth - 1)).await?;
        }
        for _ in 0..5 {
            sum += 1;
            pass().await;
        }
        Ok(sum)
    }
    assert_eq!(block_on(descends(4)).unwrap(), 50);
    let both = block_on(async { futures::join!(descends(1), descends(2)) });
    assert_eq!((both.0.unwrap(), both.1.unwrap()), (20, 30));
}

#[test]
fn time_and_iterations_together() {
    #[loop_guard(iterations = 10, timeout = "5s")]
    async fn both(step: u32, waits: bool) -> Result<(), Tripped> {
        loop {
            testing::advance(SECOND * step);
            if waits {
                pass().await;
            }
        }
    }
    let _paused = Paused::new();
    for waits in [false, true] {
        let cause = |step| block_on(both(step, waits)).unwrap_err().cause();
        assert!(matches!(cause(1), Cause::Timeout { .. }));
        assert_eq!(cause(0), Cause::Iterations { limit: 10 });
    }
}

#[test]
fn a_fallback_for_what_is_too_much() {
    #[loop_guard(iterations = 3, fallback = u32::MAX)]
    async fn counts(n: u32) -> u32 {
        let mut sum = 0;
        for _ in 0..n {
            sum += 1;
            pass().await;
        }
        sum
    }
    assert_eq!(block_on(counts(3)), 3);
    assert_eq!(block_on(counts(4)), u32::MAX);
}
