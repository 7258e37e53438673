//! Tokio's paused time: deadlines of guarded futures, and of the functions they call, follow it.
#![allow(
    clippy::items_after_statements,
    clippy::unchecked_time_subtraction,
    reason = "code as people write it, not as we would"
)]

use std::future::pending;
use std::time::Duration;

use guard_runtime::{Cause, Tripped, checkpoint, deadline, loop_guard, remaining};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::{Instant, advance, sleep};

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// Tokio's timers round up to whole milliseconds.
fn is(elapsed: Duration, wanted: Duration) -> bool {
    elapsed >= wanted && elapsed <= wanted + 2 * MILLI
}

#[loop_guard(timeout = budget, name = "waits")]
async fn waits(budget: Duration) -> Result<(), Tripped> {
    pending().await
}

#[loop_guard(timeout = budget, name = "sleeps")]
async fn sleeps(budget: Duration, pause: Duration, times: u32) -> Result<u32, Tripped> {
    let mut slept = 0;
    for _ in 0..times {
        sleep(pause).await;
        slept += 1;
    }
    Ok(slept)
}

#[tokio::test(start_paused = true)]
async fn time_moves_by_itself_to_the_deadline() {
    for budget in [
        MILLI,
        SECOND / 2,
        SECOND,
        SECOND * 30,
        SECOND * 3600 * 24 * 30,
    ] {
        let start = Instant::now();
        let tripped = waits(budget).await.unwrap_err();
        assert!(
            is(start.elapsed(), budget),
            "{budget:?}: {:?}",
            start.elapsed()
        );
        let Cause::Timeout { limit, elapsed } = tripped.cause() else {
            panic!("{tripped}");
        };
        assert!(
            limit == budget && elapsed > limit && is(elapsed, budget),
            "{tripped}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn or_to_whatever_is_earlier() {
    let start = Instant::now();
    assert_eq!(sleeps(SECOND * 60, SECOND, 50).await.unwrap(), 50);
    assert!(start.elapsed() >= SECOND * 50);
    let start = Instant::now();
    assert!(sleeps(SECOND * 60, SECOND, 100).await.is_err());
    assert!(is(start.elapsed(), SECOND * 60));
}

#[tokio::test(start_paused = true)]
async fn advanced_by_hand() {
    let task = tokio::spawn(waits(SECOND * 30));
    tokio::task::yield_now().await;
    advance(SECOND * 30 - MILLI).await;
    assert!(!task.is_finished());
    advance(MILLI * 2).await;
    tokio::task::yield_now().await;
    assert!(task.is_finished());
    assert_eq!(task.await.unwrap().unwrap_err().scope(), "waits");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_ready_wins() {
    #[loop_guard(timeout = "10s")]
    async fn receives(from: oneshot::Receiver<u32>) -> Result<u32, Tripped> {
        Ok(from.await.unwrap_or(0))
    }
    let (send, from) = oneshot::channel();
    let mut task = Box::pin(receives(from));
    assert!(futures::poll!(task.as_mut()).is_pending());
    send.send(5).unwrap();
    advance(SECOND * 20).await;
    assert_eq!(task.await.unwrap(), 5);
}

#[loop_guard(timeout = budget, name = "sync")]
fn sync(budget: Duration, spin: &dyn Fn() -> bool) -> Result<Option<Duration>, Tripped> {
    while spin() {}
    Ok(remaining())
}

#[tokio::test(start_paused = true)]
async fn functions_that_a_future_calls_are_in_its_time() {
    #[loop_guard(timeout = "30s", name = "calls")]
    async fn calls(own: Duration) -> Result<Option<Duration>, Tripped> {
        let first = sync(own, &|| false)?;
        advance(SECOND * 20).await;
        let left = sync(own, &|| false)?;
        assert_eq!((first, left), (Some(SECOND * 5), Some(SECOND * 5)));
        assert_eq!(remaining(), Some(SECOND * 10));
        let at_the_end = sync(SECOND * 30, &|| false)?;
        assert_eq!(at_the_end, Some(SECOND * 10), "the outer one is earlier");
        advance(SECOND * 20).await;
        checkpoint().expect_err("it has passed");
        sync(own, &|| false)
    }
    assert_eq!(calls(SECOND * 5).await.unwrap_err().scope(), "calls");
    assert_eq!(deadline(), None);
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_never_awaits_is_in_paused_time_as_well() {
    #[loop_guard(timeout = "1ms")]
    async fn spins(until: std::time::Instant) -> Result<(), Tripped> {
        while std::time::Instant::now() < until {
            std::hint::spin_loop();
        }
        Ok(())
    }
    // No time passes in the runtime, however long it takes.
    let until = std::time::Instant::now() + 50 * MILLI;
    assert!(spins(until).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn nested_budgets() {
    #[loop_guard(timeout = outer, name = "outer")]
    async fn nests(outer: Duration, inner: Duration) -> Result<(), Tripped> {
        let _ = waits(inner)
            .await
            .map_err(|tripped| assert_ne!(tripped.scope(), "outer"));
        waits(SECOND * 3600).await
    }
    let start = Instant::now();
    let tripped = nests(SECOND * 10, SECOND * 4).await.unwrap_err();
    assert_eq!(tripped.scope(), "outer");
    assert!(is(start.elapsed(), SECOND * 10));
}

#[tokio::test(start_paused = true)]
async fn beside_tokios_own_timeout() {
    let start = Instant::now();
    let inner = tokio::time::timeout(SECOND * 5, waits(SECOND * 10)).await;
    assert!(inner.is_err() && is(start.elapsed(), SECOND * 5));
    let start = Instant::now();
    let outer = tokio::time::timeout(SECOND * 10, waits(SECOND * 5)).await;
    assert!(outer.unwrap().is_err() && is(start.elapsed(), SECOND * 5));
}

#[tokio::test(start_paused = true)]
async fn select_and_join() {
    #[loop_guard(timeout = "10s")]
    async fn selects(pause: Duration) -> Result<&'static str, Tripped> {
        tokio::select! {
            () = sleep(pause) => Ok("slept"),
            never = waits(SECOND * 20) => never.map(|()| "never"),
        }
    }
    assert_eq!(selects(SECOND * 5).await.unwrap(), "slept");
    assert!(selects(SECOND * 50).await.is_err());
    #[loop_guard(timeout = "10s")]
    async fn joins() -> Result<u32, Tripped> {
        let (one, two) = tokio::join!(
            async {
                for _ in 0..3 {
                    sleep(SECOND).await;
                }
                1
            },
            async {
                loop {
                    sleep(SECOND).await;
                }
            }
        );
        let _: () = two;
        Ok(one)
    }
    let start = Instant::now();
    assert!(joins().await.is_err());
    assert!(is(start.elapsed(), SECOND * 10));
}

#[tokio::test(start_paused = true)]
async fn yield_every_yields_in_turn() {
    #[loop_guard(timeout = "1h", yield_every = Duration::ZERO)]
    async fn steps(beats: &std::cell::Cell<u32>) -> Result<u32, Tripped> {
        let mut longest = 0;
        for at in 0..100 {
            longest = longest.max(u32::abs_diff(at, beats.get()));
        }
        Ok(longest)
    }
    let beats = std::cell::Cell::new(0);
    let heart = async {
        loop {
            beats.set(beats.get() + 1);
            tokio::task::yield_now().await;
        }
    };
    let gap = tokio::select! {
        gap = steps(&beats) => gap.unwrap(),
        () = heart => unreachable!("it beats for ever"),
    };
    assert!(gap <= 2, "{gap}");
}

fn paused() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

#[test]
fn each_runtime_has_its_own_time() {
    let (first, second) = (paused(), paused());
    let mut future = Box::pin(sleeps(SECOND * 10, SECOND * 100, 1));
    first.block_on(async {
        assert!(futures::poll!(&mut future).is_pending());
        advance(SECOND * 9).await;
        assert!(futures::poll!(&mut future).is_pending());
    });
    // Another future, in another runtime, whose clock stands still.
    second.block_on(async {
        let begun = Instant::now();
        assert!(waits(SECOND * 3).await.is_err());
        assert!(is(begun.elapsed(), SECOND * 3));
    });
    first.block_on(async {
        assert!(futures::poll!(&mut future).is_pending());
        advance(SECOND * 2).await;
        let polled = futures::poll!(&mut future);
        assert!(matches!(polled, std::task::Poll::Ready(Err(_))));
    });
}

#[test]
fn a_future_in_a_runtime_of_threads_blocks_on_one_whose_time_is_paused() {
    #[loop_guard(timeout = "1h", name = "blocks")]
    async fn blocks() -> Result<Duration, Tripped> {
        tokio::task::block_in_place(|| {
            paused().block_on(async {
                let start = Instant::now();
                let tripped = waits(SECOND * 30).await.unwrap_err();
                assert_eq!(tripped.scope(), "waits");
                Ok(start.elapsed())
            })
        })
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let elapsed = runtime.block_on(blocks()).unwrap();
    assert!(is(elapsed, SECOND * 30), "{elapsed:?}");
}

#[test]
fn time_paused_and_resumed_while_a_future_waits() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let task = tokio::spawn(waits(SECOND * 3600));
        tokio::task::yield_now().await;
        tokio::time::pause();
        advance(SECOND * 3000).await;
        tokio::task::yield_now().await;
        assert!(!task.is_finished());
        tokio::time::resume();
        tokio::task::yield_now().await;
        assert!(!task.is_finished());
        tokio::time::pause();
        advance(SECOND * 650).await;
        assert!(task.await.unwrap().is_err());
    });
}

#[loop_guard(timeout = "30s")]
#[tokio::test(start_paused = true)]
async fn above_the_tests_attribute() {
    sleep(SECOND * 29).await;
    assert!(remaining().is_some_and(|left| left <= SECOND));
}

#[tokio::test(start_paused = true)]
#[loop_guard(timeout = "30s")]
async fn below_the_tests_attribute() {
    sleep(SECOND * 29).await;
    assert!(remaining().is_some_and(|left| left <= SECOND));
}

#[tokio::test(start_paused = true)]
#[loop_guard(timeout = "30s")]
#[should_panic = "ran out of time: 30s allowed"]
async fn below_the_tests_attribute_it_is_left() {
    pending::<()>().await;
}

#[loop_guard(timeout = "30s")]
#[tokio::test(start_paused = true)]
#[should_panic = "ran out of time: 30s allowed"]
async fn above_the_tests_attribute_it_is_left() {
    loop {
        sleep(SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_guard_runtimes_own_tests_comes_first() {
    use guard_runtime::testing;
    let _paused = testing::pause();
    let mut task = Box::pin(waits(SECOND * 30));
    assert!(futures::poll!(task.as_mut()).is_pending());
    advance(SECOND * 60).await;
    assert!(futures::poll!(task.as_mut()).is_pending(), "not this clock");
    testing::advance(SECOND * 31);
    assert!(task.await.is_err());
}

/// Nobody reads a clock at the entry of a long budget, and nothing has told the thread yet that this
/// one was stopped.
#[tokio::test]
async fn stopped_and_moved_a_little_on_the_way() {
    // Each has been entered before, and this thread has seen a word.
    assert!(
        tokio::time::timeout(MILLI, waits(SECOND * 7))
            .await
            .is_err()
    );
    assert!(sleeps(SECOND * 30, MILLI, 2).await.is_ok());
    assert!(sleeps(SECOND * 30, MILLI, 0).await.is_ok());
    tokio::time::pause();
    advance(MILLI * 50).await;
    assert!(sleeps(SECOND * 30, MILLI, 0).await.is_ok());
    let start = Instant::now();
    assert!(waits(SECOND * 7).await.is_err());
    let elapsed = start.elapsed();
    assert!(is(elapsed, SECOND * 7), "{elapsed:?}");
}
