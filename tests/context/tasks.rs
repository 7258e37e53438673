//! Scopes that are handed to tasks of tokio.

use std::time::Duration;

use guard_runtime::testing::LeakCheck;
use guard_runtime::{
    Budget, CancelToken, Cause, Context, Tripped, checkpoint, loop_guard, sleep, task,
};

use crate::started::{listen, wait_for_panic};

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

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
    type Handles = Vec<task::JoinHandle<Result<(), Tripped>>>;

    /// They are joined elsewhere: here the deadline would leave first.
    #[loop_guard(timeout = "5ms", name = "request")]
    async fn request(handles: &mut Handles, waits: bool) -> Result<(), Tripped> {
        handles.push(task::spawn(async { spin() }));
        handles.push(task::spawn_blocking(|| sleep(HOUR)));
        handles.push(task::spawn(never()));
        if waits {
            std::future::pending().await
        } else {
            Ok(())
        }
    }
    runtime().block_on(async {
        for waits in [false, true] {
            let mut handles = Vec::new();
            let outcome = request(&mut handles, waits).await;
            assert_eq!(outcome.is_err(), waits);
            for handle in handles {
                let tripped = handle.await.unwrap().unwrap_err();
                assert_eq!(tripped.scope(), "request");
                // Whichever comes first: the request may end before its deadline, and ends soon after it.
                assert!(matches!(
                    tripped.cause(),
                    Cause::Timeout { .. } | Cause::ScopeEnded
                ));
            }
        }
    });
}

/// A task is no scope of its own, though it is polled in those that it was given.
#[test]
fn tasks_of_tasks_end_with_the_scope_and_not_with_a_poll() {
    let outcome = Budget::timeout(HOUR).run(|| {
        runtime().block_on(async {
            let outer = task::spawn(async {
                let inner = task::spawn(async {
                    tokio::time::sleep(SHORT).await;
                    checkpoint()
                });
                inner.await.unwrap()
            });
            outer.await.unwrap()
        })
    });
    outcome.unwrap().unwrap();
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
    listen();
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
    // One that has panicked is told before it is gone.
    while check.started().len() > 1 {
        std::thread::yield_now();
    }
    assert_eq!(check.started()[0].what(), "task");
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
