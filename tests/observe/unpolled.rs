//! Futures that nobody polls in a tokio runtime, because another task of that runtime blocks the thread.

use std::future::{pending, ready};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use guard_runtime::{Event, Tripped, Why, loop_guard, snapshot};
use tokio::runtime::Builder;

use crate::{assert_success, child, told};

const MS: Duration = Duration::from_millis(1);

fn reasons(name: &str) -> Vec<Why> {
    told(|event| match event {
        Event::Overdue { scope, why, .. } if *scope == name => Some(why.clone()),
        _ => None,
    })
}

fn blocked_polls(name: &str) -> usize {
    let told = told(|event| match event {
        Event::BlockedPoll { scope, .. } if *scope == name => Some(()),
        _ => None,
    });
    told.len()
}

#[loop_guard(timeout = "50ms", name = "unpolled::in_one")]
async fn waits_in_one() -> Result<(), Tripped> {
    pending::<()>().await;
    Ok(())
}

#[loop_guard(timeout = "1h", name = "unpolled::blocks")]
async fn blocks() {
    while blocked_polls("unpolled::blocks") == 0 {
        thread::sleep(50 * MS);
    }
    // The one that waits is past its deadline by more than the grace.
    thread::sleep(2000 * MS);
    ready(()).await;
}

/// The runtime's own timer would wake it, and its clock may be a test's, so nobody can know whether it was woken.
#[test]
fn in_a_runtime_of_one_thread_the_poll_that_blocks_is_told_of_and_not_who_waits() {
    let name =
        "unpolled::in_a_runtime_of_one_thread_the_poll_that_blocks_is_told_of_and_not_who_waits";
    if let Some(output) = child(name, &[("LOOP_GUARD_BLOCKED", "500ms")]) {
        assert_success(&output);
        return;
    }
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let outcome = runtime.block_on(async {
        let waiting = tokio::spawn(waits_in_one());
        tokio::spawn(blocks()).await.unwrap();
        waiting.await.unwrap()
    });
    assert!(outcome.is_err(), "it trips when it is polled");
    assert_eq!(reasons("unpolled::in_one"), []);
    assert_eq!(blocked_polls("unpolled::blocks"), 1);
}

#[loop_guard(timeout = "50ms", name = "unpolled::in_several")]
async fn waits_in_several() -> Result<(), Tripped> {
    pending::<()>().await;
    Ok(())
}

#[test]
fn in_a_runtime_of_several_threads_who_waits_is_overdue() {
    const NAME: &str = "unpolled::in_several";
    static OVER: AtomicBool = AtomicBool::new(false);
    _ = reasons(NAME);
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let waiting = runtime.spawn(waits_in_several());
    let waits = || snapshot().iter().any(|scope| scope.name() == NAME);
    while !waits() && !waiting.is_finished() {
        thread::sleep(MS);
    }
    runtime.spawn(async {
        while reasons(NAME).is_empty() && !OVER.load(Ordering::Relaxed) {
            thread::sleep(10 * MS);
        }
    });
    // On a machine under load it may have tripped before the thread was blocked.
    let tripped = runtime.block_on(waiting).unwrap();
    OVER.store(true, Ordering::Relaxed);
    assert!(tripped.is_err());
    assert!(
        reasons(NAME).iter().all(|why| *why == Why::Unpolled),
        "{:?}",
        reasons(NAME)
    );
}
