//! Guarded futures in tokio's runtimes, in real time; with the feature `tokio` on its timers, else on the
//! ticker. Bounds from above are none: a machine may be busy.
#![allow(
    clippy::items_after_statements,
    clippy::while_immutable_condition,
    reason = "code as people write it, not as we would"
)]

mod ends;

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Cause, Tripped, deadline, loop_guard, snapshot};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinSet, yield_now};

const SOON: Duration = Duration::from_millis(5);

#[loop_guard(timeout = budget)]
async fn waits(budget: Duration) -> Result<(), Tripped> {
    pending().await
}

/// One that has begun to wait there; on a busy machine it may take several.
fn pending_in(
    runtime: &Runtime,
    budget: Duration,
) -> Pin<Box<impl Future<Output = Result<(), Tripped>> + use<>>> {
    loop {
        let mut future = Box::pin(waits(budget));
        if runtime.block_on(async { futures::poll!(&mut future).is_pending() }) {
            return future;
        }
    }
}

fn threads(count: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(count)
        .enable_time()
        .build()
        .unwrap()
}

fn current() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn listed(name: &str) -> usize {
    snapshot()
        .iter()
        .filter(|scope| scope.name() == name)
        .count()
}

#[test]
fn a_pending_future_is_left_in_any_runtime() {
    for runtime in [current(), threads(1), threads(4)] {
        let start = Instant::now();
        assert!(runtime.block_on(waits(SOON)).is_err());
        assert!(start.elapsed() >= SOON);
        let start = Instant::now();
        let task = runtime.spawn(waits(SOON));
        assert!(runtime.block_on(task).unwrap().is_err());
        assert!(start.elapsed() >= SOON);
    }
}

#[test]
fn a_loop_that_never_awaits_is_left_where_a_timeout_is_not_heard() {
    #[loop_guard(timeout = "10ms")]
    async fn spins() -> Result<(), Tripped> {
        loop {
            std::hint::spin_loop();
        }
    }
    let tripped = current().block_on(async { tokio::time::timeout(SOON * 1000, spins()).await });
    assert!(tripped.unwrap().is_err());
}

/// Every step moves to whatever worker takes it; all steps are counted, and all trips.
#[loop_guard(iterations = limit)]
async fn steps(limit: u64, rounds: u64, done: Arc<AtomicU64>) -> Result<(), Tripped> {
    for round in 0..rounds {
        done.fetch_add(1, Ordering::Relaxed);
        if round % 3 == 0 {
            yield_now().await;
        }
        let block = async {
            if round % 7 == 0 {
                tokio::time::sleep(Duration::from_micros(10)).await;
            }
        };
        block.await;
    }
    Ok(())
}

#[test]
fn counts_are_exact_on_many_threads() {
    let runtime = threads(4);
    let done = Arc::new(AtomicU64::new(0));
    let (trips, wanted) = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        let (mut wanted, mut counted) = (0, 0);
        for task in 0..400 {
            let (limit, rounds) = (task % 50, 25);
            counted += limit.min(rounds);
            wanted += u64::from(limit < rounds);
            tasks.spawn(steps(limit, rounds, done.clone()));
        }
        let mut trips = 0;
        while let Some(outcome) = tasks.join_next().await {
            if let Err(tripped) = outcome.unwrap() {
                assert!(matches!(tripped.cause(), Cause::Iterations { .. }));
                trips += 1;
            }
        }
        assert_eq!(done.load(Ordering::Relaxed), counted);
        (trips, wanted)
    });
    assert_eq!(trips, wanted);
}

#[test]
fn budgets_move_with_their_tasks_and_none_is_early() {
    #[loop_guard(timeout = budget)]
    async fn hops(budget: Duration) -> Result<(), Tripped> {
        let start = Instant::now();
        let before = deadline();
        loop {
            assert!(start.elapsed() <= budget || deadline() == before);
            assert_eq!(deadline(), before, "another task's, or none");
            yield_now().await;
        }
    }
    let runtime = threads(4);
    let mut tasks = JoinSet::new();
    for task in 0..64 {
        tasks.spawn_on(
            async move {
                let (start, budget) = (Instant::now(), Duration::from_millis(20 + task % 30));
                let tripped = hops(budget).await.unwrap_err();
                let Cause::Timeout { limit, elapsed } = tripped.cause() else {
                    return false;
                };
                limit == budget && elapsed > limit && start.elapsed() > budget
            },
            runtime.handle(),
        );
    }
    let all = runtime.block_on(tasks.join_all());
    assert!(all.len() == 64 && all.into_iter().all(|fine| fine));
    assert_eq!(deadline(), None);
}

#[test]
fn select_and_join_macros() {
    #[loop_guard(timeout = "10ms")]
    async fn selects(flag: bool) -> Result<u32, Tripped> {
        tokio::select! {
            biased;
            () = pending() => Ok(0),
            value = async { 1 }, if flag => {
                loop {
                    std::hint::spin_loop();
                    if value == 0 {
                        break Ok(value);
                    }
                }
            }
            else => Ok(2),
        }
    }
    #[loop_guard(timeout = "10ms")]
    async fn joins() -> Result<u32, Tripped> {
        let (a, b) = tokio::try_join!(async { Ok::<_, Tripped>(1) }, async {
            loop {
                std::hint::spin_loop();
            }
            #[allow(unreachable_code, reason = "its type")]
            Ok(2)
        })?;
        Ok(a + b)
    }
    let runtime = current();
    assert!(runtime.block_on(selects(true)).is_err());
    assert!(runtime.block_on(selects(false)).is_err());
    assert!(runtime.block_on(joins()).is_err());
}

#[test]
fn spawned_tasks_have_no_part_in_it() {
    #[loop_guard(timeout = "10ms")]
    async fn spawns(left: Arc<AtomicBool>) -> Result<(), Tripped> {
        tokio::spawn(async move {
            assert_eq!(deadline(), None);
            tokio::time::sleep(SOON * 10).await;
            left.store(true, Ordering::Release);
        });
        let inner = tokio::task::spawn_blocking(|| assert_eq!(deadline(), None));
        inner.await.unwrap();
        pending().await
    }
    let runtime = threads(2);
    let left = Arc::new(AtomicBool::new(false));
    assert!(runtime.block_on(spawns(left.clone())).is_err());
    while !left.load(Ordering::Acquire) {
        thread::sleep(SOON);
    }
}

#[test]
fn a_loop_that_yields_does_not_starve_a_current_thread_runtime() {
    #[loop_guard(timeout = "1h", yield_every = "1ms")]
    async fn busy(stop: Arc<AtomicBool>) -> Result<u64, Tripped> {
        let mut rounds = 0;
        while !stop.load(Ordering::Relaxed) {
            rounds += 1;
        }
        Ok(rounds)
    }
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    let rounds = current().block_on(async move {
        let busy = tokio::spawn(busy(stop));
        // Without a turn for it, this task would never set the flag.
        for _ in 0..5 {
            tokio::time::sleep(SOON / 5).await;
        }
        told.store(true, Ordering::Relaxed);
        busy.await.unwrap()
    });
    assert!(rounds.is_ok());
}

#[test]
fn a_panic_in_a_task_is_the_tasks() {
    #[loop_guard(timeout = "1h", name = "panicked")]
    async fn panics() -> Result<(), Tripped> {
        yield_now().await;
        panic!("in a task");
    }
    let runtime = threads(2);
    for _ in 0..20 {
        assert!(
            runtime
                .block_on(runtime.spawn(panics()))
                .unwrap_err()
                .is_panic()
        );
    }
    assert_eq!(listed("panicked"), 0);
    let looks = runtime.spawn(async { deadline() });
    assert_eq!(runtime.block_on(looks).unwrap(), None);
}

#[test]
fn aborted_tasks_leave_nothing() {
    #[loop_guard(timeout = "1h", name = "aborted")]
    async fn pends() -> Result<(), Tripped> {
        pending().await
    }
    let runtime = threads(2);
    runtime.block_on(async {
        let tasks: Vec<_> = (0..50).map(|_| tokio::spawn(pends())).collect();
        while listed("aborted") < 50 {
            yield_now().await;
        }
        for task in tasks {
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        }
    });
    assert_eq!(listed("aborted"), 0);
}

#[test]
fn block_in_place_and_block_on_within_a_scope() {
    #[loop_guard(timeout = "20ms", name = "outer")]
    async fn outer() -> Result<(), Tripped> {
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| handle.block_on(waits(SOON * 1000)))
    }
    let runtime = threads(2);
    let outcome = runtime.block_on(runtime.spawn(outer()));
    assert_eq!(outcome.unwrap().unwrap_err().scope(), "outer");
}

#[tokio::main(flavor = "current_thread")]
#[loop_guard(timeout = "10ms", name = "below")]
async fn below_main(pends: bool) -> Result<u32, Tripped> {
    if pends {
        pending::<()>().await;
    }
    for _ in 0..3 {
        yield_now().await;
    }
    while pends {}
    Ok(1)
}

#[loop_guard(timeout = "10ms", name = "above")]
#[tokio::main(flavor = "current_thread")]
async fn above_main(spins: bool) -> Result<u32, Tripped> {
    while spins {
        std::hint::spin_loop();
    }
    pending().await
}

#[test]
fn tokios_main_above_and_below() {
    assert_eq!(below_main(true).unwrap_err().scope(), "below");
    assert_eq!(above_main(true).unwrap_err().scope(), "above");
    assert_eq!(above_main(false).unwrap_err().scope(), "above");
}
