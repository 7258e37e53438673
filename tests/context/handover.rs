//! Scopes that go where the work goes.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread as std_thread;
use std::time::{Duration, Instant};

use guard_runtime::testing::{self, LeakCheck};
use guard_runtime::{
    Budget, CancelToken, Cause, Context, Event, Tripped, checkpoint, loop_guard, remaining, shield,
    sleep, thread,
};
use harness::events;

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn a_thread_has_no_part_in_scopes_that_are_not_handed_over() {
    let outcome = Budget::timeout(HOUR).run(|| {
        let alone = std_thread::spawn(remaining).join().unwrap();
        let context = Context::current();
        let handed = std_thread::spawn(move || (context.run(remaining), remaining()))
            .join()
            .unwrap();
        (alone, handed)
    });
    let (alone, (inside, behind)) = outcome.unwrap();
    assert!(alone.is_none() && behind.is_none());
    assert!(inside.unwrap() <= HOUR && inside.unwrap() > HOUR / 2);
}

#[test]
fn the_innermost_scope_that_ran_out_is_named() {
    let outcome = Budget::timeout(HOUR).named("outer").run(|| {
        Budget::timeout(SHORT)
            .named("inner")
            .run(|| thread::spawn(spin).join().unwrap())
    });
    let tripped = outcome.unwrap().unwrap().unwrap_err();
    assert_eq!(tripped.scope(), "inner");
    assert!(
        matches!(tripped.cause(), Cause::Timeout { limit, elapsed } if limit == SHORT && elapsed > limit)
    );
}

#[test]
fn inside_no_other_scope_counts() {
    let context = Budget::timeout(HOUR)
        .run(|| Context::current().detach())
        .unwrap();
    let _paused = testing::pause();
    let outcome = Budget::timeout(SHORT).run(|| {
        testing::advance(2 * SHORT);
        assert!(checkpoint().is_err());
        assert!(context.run(checkpoint).is_ok());
        let own = context.run(|| {
            Budget::timeout(SHORT).named("own").run(|| {
                testing::advance(2 * SHORT);
                checkpoint().unwrap_err()
            })
        });
        assert_eq!(own.unwrap().scope(), "own");
        checkpoint()
    });
    assert!(outcome.unwrap().is_err());
    assert!(
        Budget::timeout(SHORT)
            .run(|| shield(Context::current))
            .unwrap()
            .run(remaining)
            .is_none()
    );
    assert!(Context::current().run(remaining).is_none());
}

#[test]
fn a_scope_that_ends_trips_what_still_runs_in_it() {
    let (ends, end) = mpsc::channel();
    Budget::timeout(HOUR)
        .named("started")
        .run(|| {
            Budget::timeout(HOUR).named("inner").run(|| {
                let _detached = thread::spawn(move || ends.send(spin()));
            })
        })
        .unwrap()
        .unwrap();
    // The place is taken again.
    let tripped = Budget::timeout(HOUR)
        .run(|| Budget::timeout(HOUR).run(|| end.recv().unwrap().unwrap_err()));
    let tripped = tripped.unwrap().unwrap();
    assert_eq!(
        (tripped.scope(), tripped.cause()),
        ("inner", Cause::ScopeEnded)
    );
    assert!(
        tripped
            .to_string()
            .contains("has ended, and this work has not"),
        "{tripped}"
    );
}

#[test]
fn what_is_detached_goes_on() {
    let token = CancelToken::new();
    let context = Budget::new()
        .cancel(token.clone())
        .run(|| Context::current().detach())
        .unwrap();
    let worker = std_thread::spawn(move || context.run(spin));
    std_thread::sleep(4 * SHORT);
    assert!(!worker.is_finished());
    token.cancel("stop");
    assert!(matches!(
        worker.join().unwrap().unwrap_err().cause(),
        Cause::Cancelled { .. }
    ));
}

#[test]
fn a_cancel_reaches_every_thread_and_its_waits() {
    let token = CancelToken::new();
    let outcome = Budget::new().cancel(token.clone()).run(|| {
        let spins = thread::spawn(spin);
        let sleeps = thread::spawn(|| sleep(HOUR));
        let nested = thread::spawn(|| thread::spawn(spin).join().unwrap());
        std_thread::sleep(SHORT);
        token.cancel("stop");
        [
            spins.join().unwrap(),
            sleeps.join().unwrap(),
            nested.join().unwrap(),
        ]
    });
    for each in outcome.unwrap() {
        assert!(matches!(
            each.unwrap_err().cause(),
            Cause::Cancelled { reason: "stop", .. }
        ));
    }
}

#[test]
fn a_context_is_run_often_and_at_once() {
    let outcome = Budget::timeout(HOUR).run(|| {
        let (context, barrier) = (Context::current(), Barrier::new(3));
        std_thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        context.run(|| {
                            barrier.wait();
                            assert!(remaining().is_some());
                            // Also in itself.
                            assert!(context.run(checkpoint).is_ok());
                        });
                    }
                });
            }
        });
    });
    outcome.unwrap();
}

#[test]
fn a_thread_that_dies_leaves_its_context_in_order() {
    let outcome = Budget::timeout(HOUR).run(|| {
        let context = Context::current();
        let dies = std_thread::spawn({
            let context = context.clone();
            move || context.run(|| panic!("it dies, as the test wants"))
        });
        assert!(dies.join().is_err());
        context.run(checkpoint)
    });
    assert!(outcome.unwrap().is_ok());
}

#[test]
fn a_trip_without_a_place_is_the_joins_panic() {
    #[loop_guard(inherit)]
    fn spin_void() {
        loop {
            std::hint::spin_loop();
        }
    }
    let joined = events::silently(|| {
        Budget::timeout(SHORT)
            .named("void")
            .run(|| thread::spawn(spin_void).join())
            .unwrap()
    });
    let payload = joined.unwrap_err();
    let message = payload.downcast_ref::<String>().expect("the report");
    assert!(
        message.contains("void") && message.contains("ran out of time"),
        "{message}"
    );
}

/// Counts until a budget is spent.
fn count(turns: &AtomicU32) -> Result<(), Tripped> {
    loop {
        checkpoint()?;
        turns.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn threads_that_borrow() {
    let (left, right) = (&AtomicU32::new(0), &AtomicU32::new(0));
    let outcome = Budget::timeout(SHORT).run(|| {
        thread::scope(|scope| {
            let nested = scope.spawn(move || scope.spawn(move || count(left)).join().unwrap());
            let own = scope.spawn(move || count(right)).join().unwrap();
            (own, nested.join().unwrap())
        })
    });
    let (own, nested) = outcome.unwrap();
    assert!(own.is_err() && nested.is_err());
}

/// The panics of detached work that were told to the hook.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note(event: &Event) {
    if matches!(event, Event::WorkPanicked { .. }) {
        PANICS.lock().unwrap().push(event.to_string());
    }
}

fn wait_for_panic(part: &str) {
    let start = Instant::now();
    while !PANICS
        .lock()
        .unwrap()
        .iter()
        .any(|event| event.contains(part))
    {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{part}: nobody was told"
        );
        std_thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_panic_is_the_joins_or_else_an_event() {
    events::listen(note);
    let joined = thread::spawn(|| panic!("for the join")).join();
    assert_eq!(
        *joined.unwrap_err().downcast_ref::<&str>().unwrap(),
        "for the join"
    );

    drop(thread::spawn(|| {
        std_thread::sleep(SHORT);
        panic!("after the handle went");
    }));
    wait_for_panic("after the handle went");
    let ended = thread::spawn(|| panic!("before the handle went"));
    while !ended.is_finished() {
        std_thread::yield_now();
    }
    drop(ended);
    wait_for_panic("before the handle went");
    let told = PANICS.lock().unwrap().clone();
    assert!(!told.iter().any(|event| event.contains("for the join")));
    assert!(
        told.iter()
            .all(|event| event.contains("the thread started at tests/context/handover.rs:"))
    );
}

#[test]
fn a_leak_check_knows_what_still_runs() {
    let check = LeakCheck::new();
    let end = Arc::new(AtomicBool::new(false));
    let wait = |end: &AtomicBool| {
        while !end.load(Ordering::Relaxed) {
            std_thread::yield_now();
        }
    };
    let (inner, outer) = (Arc::clone(&end), Arc::clone(&end));
    let line = line!() + 1;
    let place = thread::spawn(move || {
        let nested = thread::spawn(move || wait(&inner));
        wait(&outer);
        nested.join().unwrap();
    });
    while check.started().len() < 2 {
        std_thread::yield_now();
    }
    assert_eq!(check.started()[0].location().line(), line);
    assert!(
        check.started()[1]
            .to_string()
            .starts_with("thread started at tests/context/handover.rs:")
    );
    let later = LeakCheck::new();
    assert!(later.started().is_empty(), "what ran before is not meant");
    let others = std_thread::spawn(|| LeakCheck::new().started().len());
    assert_eq!(others.join().unwrap(), 0, "each test has its own");
    end.store(true, Ordering::Relaxed);
    place.join().unwrap();
    check.assert_clean();
}

/// On two threads that run jobs of each other in the middle of their own: a job that came with a context trips by
/// that, and none by the scope that it interrupts.
#[test]
fn jobs_of_a_pool_that_are_stolen() {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    let (long, wrong) = (AtomicU32::new(0), AtomicU32::new(0));
    pool.in_place_scope(|scope| {
        for job in 0..10_000 {
            let (long, wrong) = (&long, &wrong);
            let limit = if job % 2 == 0 { Duration::ZERO } else { HOUR };
            scope.spawn(move |_| {
                let outcome = Budget::timeout(limit).root().named("job").run(|| {
                    let context = Context::current();
                    // While one half waits for the other, the thread runs other jobs.
                    rayon::join(|| context.run(checkpoint), || context.run(remaining))
                });
                match outcome {
                    Ok((Ok(()), Some(left))) if limit == HOUR && left > HOUR / 2 => {
                        long.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(tripped) if limit.is_zero() && tripped.scope() == "job" => {}
                    _ => {
                        wrong.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!((long.into_inner(), wrong.into_inner()), (5_000, 0));
}

#[test]
fn scoped_threads_and_channels_of_crossbeam() {
    let (_open, jobs) = crossbeam_channel::unbounded::<u32>();
    let outcome = Budget::timeout(SHORT).run(|| {
        let context = Context::current();
        crossbeam_utils::thread::scope(|scope| {
            let worker = scope.spawn(|_| {
                context.run(|| {
                    let deadline = guard_runtime::deadline().unwrap();
                    assert!(jobs.recv_deadline(deadline).is_err());
                    checkpoint()
                })
            });
            worker.join().unwrap()
        })
        .unwrap()
    });
    assert!(outcome.unwrap().is_err());
}

#[cfg(feature = "tokio")]
mod tasks {
    use super::*;
    use guard_runtime::task;

    #[loop_guard(timeout = "1h")]
    async fn never() -> Result<(), Tripped> {
        std::future::pending().await
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    }

    #[test]
    fn tasks_end_with_the_deadline_of_who_started_them() {
        type Handle = task::JoinHandle<Result<(), Tripped>>;

        /// They are joined elsewhere: here the deadline would leave first.
        #[loop_guard(timeout = "5ms")]
        async fn request() -> Result<[Handle; 3], Tripped> {
            let spins = task::spawn(async { spin() });
            let blocks = task::spawn_blocking(|| sleep(HOUR));
            Ok([task::spawn(never()), spins, blocks])
        }
        runtime().block_on(async {
            for handle in request().await.unwrap() {
                let tripped = handle.await.unwrap().unwrap_err();
                assert!(tripped.scope().ends_with("::request"), "{tripped}");
            }
        });
    }

    #[test]
    fn a_cancel_wakes_tasks_that_wait() {
        let token = CancelToken::new();
        let outcome = runtime().block_on(async {
            let budget = Budget::new().cancel(token.clone());
            let started = budget.run(|| {
                let waits = Context::current().detach().wrap(never());
                tokio::spawn(waits)
            });
            tokio::time::sleep(SHORT).await;
            token.cancel("stop");
            started.unwrap().await.unwrap()
        });
        assert!(matches!(
            outcome.unwrap_err().cause(),
            Cause::Cancelled { .. }
        ));
    }

    #[test]
    fn a_task_that_outlives_a_scope_that_has_ended() {
        let outcome = runtime().block_on(async {
            let started = Budget::timeout(HOUR)
                .named("gone")
                .run(|| task::spawn(never()));
            started.unwrap().await.unwrap()
        });
        let tripped = outcome.unwrap_err();
        assert_eq!(
            (tripped.scope(), tripped.cause()),
            ("gone", Cause::ScopeEnded)
        );
    }

    #[test]
    fn panics_and_leaks_of_tasks() {
        events::listen(note);
        let check = LeakCheck::new();
        let runtime = runtime();
        let entered = runtime.enter();
        let joined = task::spawn(async { panic!("a task for the join") });
        assert!(futures::executor::block_on(joined).unwrap_err().is_panic());
        drop(task::spawn(async {
            tokio::task::yield_now().await;
            panic!("a task that nobody joins")
        }));
        wait_for_panic("a task that nobody joins");
        let waits = task::spawn(std::future::pending::<()>());
        assert_eq!(
            check
                .started()
                .iter()
                .filter(|started| started.what() == "task")
                .count(),
            1
        );
        waits.abort();
        assert!(
            futures::executor::block_on(waits)
                .unwrap_err()
                .is_cancelled()
        );
        drop(entered);
        drop(runtime);
        check.assert_clean();
    }
}
