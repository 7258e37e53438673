//! Work that a pool or a runtime ran on a thread in the middle of a guarded function was cut by that function's
//! budget.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::mpsc::{Sender, channel};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use guard_runtime::{Budget, Cause, Tripped, checkpoint, loop_guard, remaining, testing};
use harness::Paused;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

const MILLI: Duration = Duration::from_millis(1);

/// Runs for this long, and trips if a budget that counts here is spent.
#[loop_guard(inherit)]
fn busy(time: Duration) -> Result<(), Tripped> {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
    Ok(())
}

/// Waits in the middle of its time, and runs other jobs of the pool meanwhile.
#[loop_guard(timeout = "5ms")]
fn joins() -> Result<(), Tripped> {
    rayon::join(
        || std::thread::sleep(MILLI),
        || std::thread::sleep(MILLI * 60),
    );
    Ok(())
}

fn strangers_by(job: fn() -> Result<(), Tripped>) -> Vec<bool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.unwrap();
    let (sender, receiver) = channel();
    pool.spawn(|| drop(joins()));
    for _ in 0..6 {
        let sender = sender.clone();
        pool.spawn(move || sender.send(job().is_ok()).unwrap());
    }
    drop(sender);
    receiver.iter().collect()
}

#[test]
fn a_job_that_says_root_is_cut_by_its_own_budget_alone() {
    fn by_hand() -> Result<(), Tripped> {
        let budget = Budget::timeout(Duration::from_secs(5)).root();
        budget.run(|| busy(MILLI * 20))?
    }
    assert_eq!(strangers_by(by_hand), [true; 6]);
}

#[test]
fn what_says_root_still_has_its_own_budget_and_hides_the_outer_one() {
    let outer = Budget::timeout(MILLI).named("outer").run(|| {
        while checkpoint().is_ok() {}
        let inner = Budget::timeout(MILLI).root().named("inner");
        let outcome = inner.run(|| {
            assert!(remaining().is_some_and(|left| left <= MILLI));
            busy(MILLI * 500)
        });
        let endless = Budget::new()
            .root()
            .run(|| (remaining(), checkpoint().is_ok()));
        (outcome, endless, checkpoint())
    });
    let (inner, endless, after) = outer.unwrap();
    assert_eq!(inner.unwrap().unwrap_err().scope(), "inner");
    assert_eq!(endless.unwrap(), (None, true));
    assert_eq!(after.unwrap_err().scope(), "outer");
}

#[test]
fn a_trip_in_what_says_root_unwinds_no_further() {
    #[loop_guard(inherit)]
    fn never_ends() {
        loop {
            std::hint::spin_loop();
        }
    }
    let outer = Budget::timeout(Duration::from_secs(5)).run(|| {
        // As a pool's worker does it: what unwinds out of a job belongs to the job.
        Budget::timeout(MILLI).root().run(never_ends).is_err()
    });
    assert!(outer.unwrap());
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[loop_guard(timeout = "5s")]
async fn of_somebody_else() -> Result<(), Tripped> {
    let start = Instant::now();
    while start.elapsed() < MILLI * 20 {
        tokio::task::yield_now().await;
        for _ in 0..100 {
            std::hint::spin_loop();
        }
    }
    Ok(())
}

/// Blocks on a runtime whose tasks are not its own.
#[loop_guard(timeout = "5ms", name = "blocks")]
fn blocks(runtime: &Runtime, ends: &mut bool) -> Result<(), Tripped> {
    runtime.block_on(async { tokio::time::sleep(MILLI * 40).await });
    *ends = true;
    for _ in 0..3 {
        std::hint::black_box(());
    }
    Ok(())
}

#[test]
fn the_tasks_of_a_runtime_see_no_scope_of_who_blocks_on_it() {
    let runtime = one_thread();
    let task = runtime.spawn(of_somebody_else());
    let mut ends = false;
    assert_eq!(
        blocks(&runtime, &mut ends).unwrap_err().scope(),
        "blocks",
        "it notices when it goes on"
    );
    assert!(ends);
    assert!(runtime.block_on(task).unwrap().is_ok());

    let local = LocalSet::new();
    let task = local.spawn_local(of_somebody_else());
    let outcome = Budget::timeout(MILLI * 5).run(|| {
        local.block_on(&runtime, async { tokio::time::sleep(MILLI * 40).await });
    });
    assert!(outcome.is_ok());
    assert!(local.block_on(&runtime, task).unwrap().is_ok());
}

#[test]
fn what_is_blocked_on_itself_sees_it() {
    #[loop_guard(timeout = "1h")]
    async fn waits() -> Result<(), Tripped> {
        std::future::pending().await
    }
    let runtime = one_thread();
    let budget = Budget::timeout(MILLI * 5).named("around");
    let outcome = budget.run(|| runtime.block_on(waits()));
    assert_eq!(outcome.unwrap().unwrap_err().scope(), "around");
}

#[test]
fn a_future_that_blocks_on_a_runtime_does_not_follow_its_clock() {
    #[loop_guard(timeout = "30s")]
    async fn of_the_runtime() -> Result<Option<Duration>, Tripped> {
        tokio::time::sleep(MILLI).await;
        Ok(remaining())
    }
    #[loop_guard(timeout = "20s", name = "real")]
    async fn real(runtime: &Runtime) -> Result<Option<Duration>, Tripped> {
        let outcome = runtime.block_on(async {
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(60)).await;
            of_the_runtime().await
        });
        for _ in 0..3 {
            checkpoint()?;
        }
        assert!(outcome?.is_some());
        Ok(remaining())
    }
    let runtime = one_thread();
    let left = futures::executor::block_on(real(&runtime)).unwrap();
    assert!(left.unwrap() > Duration::from_secs(10), "{left:?}");
}

#[test]
fn iterations_by_hand_are_exact() {
    for limit in [0, 1, 7, 100] {
        let budget = Budget::new().iterations(limit);
        let count = |mut n: u64| {
            loop {
                if let Err(tripped) = checkpoint() {
                    return (n, tripped.cause());
                }
                n += 1;
            }
        };
        assert_eq!(
            budget.run(|| count(0)).unwrap(),
            (limit, Cause::Iterations { limit })
        );
        // Each opening has all of the budget, and checks outside do not count.
        assert!(checkpoint().is_ok());
        let future = async { count(0) };
        let wrapped = futures::executor::block_on(budget.wrap(future)).unwrap();
        assert_eq!(wrapped, (limit, Cause::Iterations { limit }));
    }
}

#[test]
fn iterations_of_a_wrapped_future_go_on_after_it_waited() {
    let budget = Budget::timeout(Duration::from_secs(5)).iterations(10);
    let future = budget.wrap(async {
        let mut n = 0;
        loop {
            if let Err(tripped) = checkpoint() {
                return (n, tripped.cause());
            }
            n += 1;
            let mut waited = false;
            poll_fn(|context| {
                context.waker().wake_by_ref();
                if std::mem::replace(&mut waited, true) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
        }
    });
    let outcome = futures::executor::block_on(pin!(future)).unwrap();
    assert_eq!(outcome, (10, Cause::Iterations { limit: 10 }));
}

#[test]
fn a_wrapped_future_is_left_at_its_deadline_and_may_say_root_and_strict() {
    let block_on = |future: std::pin::Pin<&mut dyn Future<Output = Result<(), Tripped>>>| {
        futures::executor::block_on(future)
    };
    let budget = Budget::timeout(MILLI * 2).named("wrapped");
    let tripped = block_on(pin!(budget.wrap(std::future::pending::<()>()))).unwrap_err();
    assert_eq!(tripped.scope(), "wrapped");

    let late = async { std::thread::sleep(MILLI * 5) };
    assert!(block_on(pin!(budget.clone().strict().wrap(late))).is_err());

    let outer = Budget::timeout(MILLI).run(|| {
        while checkpoint().is_ok() {}
        let root = Budget::timeout(Duration::from_secs(5)).root();
        futures::executor::block_on(root.wrap(async { checkpoint().is_ok() }))
    });
    assert!(outer.unwrap().unwrap());
}

/// Waits for a job of its own, out of time. The worker runs the youngest of its jobs first: the stranger's.
#[loop_guard(timeout = "1s", name = "waits")]
fn waits_for_a_job(
    stranger: fn() -> Result<(), Tripped>,
    tell: Sender<Result<(), Tripped>>,
) -> Result<(), Tripped> {
    testing::advance(Duration::from_secs(2));
    rayon::scope(|scope| {
        scope.spawn(|_| ());
        rayon::spawn(move || tell.send(stranger()).expect("somebody listens"));
    });
    Ok(())
}

#[loop_guard(timeout = "1h", name = "stranger")]
fn without_root() -> Result<(), Tripped> {
    for _ in 0..3 {
        std::hint::black_box(());
    }
    Ok(())
}

#[loop_guard(timeout = "1h", name = "stranger", root)]
fn with_root() -> Result<(), Tripped> {
    for _ in 0..3 {
        std::hint::black_box(());
    }
    Ok(())
}

/// The documented outcome without `root`, and with it in the attribute. One worker, whose clock stands still.
#[test]
fn a_job_without_root_spends_the_budget_of_who_waits_on_its_worker() {
    let run = |stranger| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let (tell, told) = channel();
        pool.unwrap().install(|| {
            let _paused = Paused::new();
            drop(waits_for_a_job(stranger, tell));
        });
        told.recv().expect("the stranger ran")
    };
    assert_eq!(run(without_root).unwrap_err().scope(), "waits");
    assert!(run(with_root).is_ok());
}

#[loop_guard(timeout = "1h", name = "task")]
async fn task() -> Result<(), Tripped> {
    checkpoint()
}

#[loop_guard(timeout = "1h", name = "task", root)]
async fn task_with_root() -> Result<(), Tripped> {
    checkpoint()
}

/// Out of time, it blocks on an executor whose tasks are not its own.
#[loop_guard(timeout = "1s", name = "blocks")]
fn blocks_on_others(run: impl FnOnce()) -> Result<(), Tripped> {
    testing::advance(Duration::from_secs(2));
    run();
    Ok(())
}

/// The documented outcomes without `root`: on another executor than tokio, and of a task without a budget.
#[test]
fn a_task_without_root_spends_the_budget_of_who_blocks_on_its_executor() {
    fn spawned(task: impl Future<Output = Result<(), Tripped>> + 'static) -> Result<(), Tripped> {
        let mut pool = LocalPool::new();
        let handle = pool.spawner().spawn_local_with_handle(task);
        drop(blocks_on_others(|| pool.run_until_stalled()));
        let outcome = handle.expect("the pool runs").now_or_never();
        outcome.expect("the task ran")
    }
    fn in_tokio(task: impl Future<Output = Result<(), Tripped>> + 'static) -> Result<(), Tripped> {
        let (runtime, local) = (one_thread(), LocalSet::new());
        let mut handle = local.spawn_local(task);
        drop(blocks_on_others(|| {
            local.block_on(&runtime, tokio::task::yield_now());
        }));
        let outcome = (&mut handle).now_or_never();
        outcome.expect("the task ran").expect("it does not panic")
    }
    let _paused = Paused::new();
    assert_eq!(spawned(task()).unwrap_err().scope(), "blocks");
    assert!(spawned(task_with_root()).is_ok());
    let unguarded = || async { checkpoint() };
    assert_eq!(spawned(unguarded()).unwrap_err().scope(), "blocks");
    assert_eq!(in_tokio(unguarded()).unwrap_err().scope(), "blocks");
    assert!(in_tokio(task_with_root()).is_ok());
}
