//! No alarm is lost and none is early, with thousands of futures and random deadlines.

use std::future::{Future, pending};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures::executor::{ThreadPool, block_on};
use futures::future::join_all;
use guard_runtime::{Cause, Tripped, loop_guard};
use harness::Random;

use super::by_hand::{ByHand, pass};

#[loop_guard(timeout = budget)]
async fn waits(budget: Duration) -> Result<(), Tripped> {
    pending().await
}

/// Waits in a guarded future, half of the time inside another budget.
#[loop_guard(timeout = budget)]
async fn nested(budget: Duration, inner: Duration, polls: u64) -> Result<(), Tripped> {
    for _ in 0..polls {
        pass().await;
    }
    waits(inner).await
}

/// Shows that the future is left, and not too early.
async fn shown(budget: Duration, seed: u64) -> bool {
    let mut random = Random::new(seed);
    let polls = random.below(4);
    let (start, other) = (Instant::now(), Duration::from_micros(random.below(100_000)));
    let (outer, inner) = if seed % 2 == 0 {
        (budget, other)
    } else {
        (other, budget)
    };
    let tripped = nested(outer, inner, polls).await.unwrap_err();
    let Cause::Timeout { limit, elapsed } = tripped.cause() else {
        return false;
    };
    assert!(elapsed > limit, "{tripped}");
    start.elapsed() >= outer.min(inner).min(limit)
}

/// This many futures with deadlines within a tenth of a second.
fn many(count: u64) -> impl Iterator<Item = impl Future<Output = bool> + Send> {
    let mut random = Random::new(count);
    (0..count).map(move |seed| shown(Duration::from_micros(random.below(100_000)), seed))
}

#[test]
fn on_one_thread() {
    assert!(block_on(join_all(many(3000))).into_iter().all(|fine| fine));
}

#[test]
fn on_smol() {
    let tasks: Vec<_> = many(3000).map(smol::spawn).collect();
    assert!(smol::block_on(join_all(tasks)).into_iter().all(|fine| fine));
}

#[test]
fn on_many_threads() {
    let pool = ThreadPool::builder().pool_size(4).create().unwrap();
    let (done, told) = mpsc::channel();
    for future in many(3000) {
        let done = done.clone();
        pool.spawn_ok(async move { done.send(future.await).unwrap() });
    }
    drop(done);
    assert_eq!(told.iter().filter(|fine| *fine).count(), 3000);
}

#[test]
fn with_another_waker_each_time() {
    // Only the last deadline counts; a future that was polled too late for an earlier one is left at once.
    let threads = (0..4).map(|seed| {
        thread::spawn(move || {
            let mut random = Random::new(seed + 1);
            for _ in 0..50 {
                let mut future = ByHand::new(waits(Duration::from_micros(random.below(20_000))));
                let mut polled = future.poll();
                for _ in 0..random.below(5) {
                    if polled.is_pending() {
                        future.bell = std::sync::Arc::default();
                        polled = future.poll();
                    }
                }
                while polled.is_pending() {
                    while future.bell.rung() == 0 {
                        thread::sleep(Duration::from_micros(200));
                    }
                    future.bell = std::sync::Arc::default();
                    polled = future.poll();
                }
                assert!(matches!(polled, Poll::Ready(Err(_))));
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
}

#[test]
fn while_others_come_and_go() {
    let noise = thread::spawn(|| {
        for _ in 0..2000 {
            let mut dropped = Box::pin(waits(Duration::from_micros(300)));
            let polled = dropped
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending() || polled.is_ready());
        }
    });
    assert!(block_on(join_all(many(500))).into_iter().all(|fine| fine));
    noise.join().unwrap();
}
