//! `snapshot()`: it lists what is open, and nothing stays behind. Other tests run at the same time, so scopes are
//! told apart by name.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use futures::FutureExt;
use guard_runtime::{Budget, OpenScope, Place, Snapshot, Tripped, loop_guard, snapshot};

use super::by_hand::{ByHand, SECOND, pause};

fn named<'s>(snapshot: &'s Snapshot, name: &str) -> Vec<&'s OpenScope> {
    snapshot
        .iter()
        .filter(|scope| scope.name() == name)
        .collect()
}

fn count(name: &str) -> usize {
    named(&snapshot(), name).len()
}

#[test]
fn a_future_that_waits_is_a_task_and_one_that_runs_is_its_threads() {
    #[loop_guard(timeout = "1h", name = "seen")]
    async fn seen() -> Result<Snapshot, Tripped> {
        pause().await;
        let shown = snapshot();
        pause().await;
        Ok(shown)
    }
    assert_eq!(count("seen"), 0);
    let mut future = ByHand::new(seen());
    assert_eq!(count("seen"), 0, "not polled yet");
    future.pend();
    let waiting = snapshot();
    let [task] = named(&waiting, "seen")[..] else {
        panic!("{waiting}");
    };
    assert!(
        matches!(task.place(), Place::Task { .. }),
        "{}",
        task.place()
    );
    assert!(task.remaining().unwrap() <= SECOND * 3700);
    assert!(task.remaining().unwrap() > Duration::ZERO);
    let place = task.place().clone();
    let future = thread::Builder::new().name("other".into()).spawn(move || {
        future.pend();
        future
    });
    let mut future = future.unwrap().join().unwrap();
    assert_eq!(
        *named(&snapshot(), "seen")[0].place(),
        place,
        "the same task"
    );
    let running = future.finish().unwrap();
    let [thread] = named(&running, "seen")[..] else {
        panic!("{running}");
    };
    assert!(matches!(thread.place(), Place::Thread { name, .. } if name == "other"));
    assert_eq!(thread.place().to_string(), "thread other");
    assert_eq!(thread.location().to_string(), task.location().to_string());
    assert_eq!(count("seen"), 0);
}

#[test]
fn ages_grow_and_what_remains_shrinks() {
    #[loop_guard(timeout = "900ms", name = "ages")]
    async fn ages() -> Result<(), Tripped> {
        pending().await
    }
    #[loop_guard(iterations = 5, name = "ageless")]
    #[allow(deprecated, reason = "the warning that no loop is counted")]
    async fn ageless() -> Result<(), Tripped> {
        pending().await
    }
    let (mut first, mut second) = (ByHand::new(ages()), ByHand::new(ageless()));
    first.pend();
    second.pend();
    let pause = Duration::from_millis(10);
    thread::sleep(pause);
    let seen = snapshot();
    let scope = named(&seen, "ages")[0];
    assert!(scope.age().unwrap() >= pause);
    assert!(scope.remaining().unwrap() <= Duration::from_millis(890));
    let scope = named(&seen, "ageless")[0];
    // With the feature `metrics` one in 64 reads the clock.
    assert!(scope.age().is_none() || cfg!(feature = "metrics"));
    assert_eq!(scope.remaining(), None);
    thread::sleep(Duration::from_millis(900));
    let seen = snapshot();
    let scope = named(&seen, "ages")[0];
    assert_eq!(scope.remaining(), Some(Duration::ZERO));
    assert!(scope.age().unwrap() > Duration::from_millis(900));
}

#[test]
fn functions_and_futures_are_listed_and_nest() {
    #[loop_guard(timeout = "1h", name = "innermost")]
    fn innermost() -> Result<Snapshot, Tripped> {
        for _ in 0..1 {}
        Ok(snapshot())
    }
    #[loop_guard(timeout = "1h", name = "in between")]
    async fn between() -> Result<Snapshot, Tripped> {
        pause().await;
        innermost()
    }
    let mut waits = ByHand::new(between());
    let shown = Budget::timeout(SECOND * 60).named("outermost").run(|| {
        waits.pend();
        waits.finish()
    });
    let shown = shown.unwrap().unwrap();
    let names = ["outermost", "in between", "innermost"];
    let mine: Vec<_> = shown
        .iter()
        .filter(|scope| names.contains(&scope.name()))
        .collect();
    assert!(mine.iter().map(|scope| scope.name()).eq(names), "{shown}");
    assert!(mine.iter().all(|scope| scope.place() == mine[0].place()));
    assert!(shown.len() >= 3 && !shown.is_empty());
    let table = shown.to_string();
    assert_eq!(table.lines().count(), shown.len() + 1);
    let head = table.lines().next().unwrap();
    for title in ["scope", "where", "age", "left", "written at"] {
        assert!(head.contains(title), "{table}");
    }
    let line = table
        .lines()
        .find(|line| line.starts_with("in between "))
        .unwrap();
    assert!(
        line.contains("  thread ") && line.contains("listing.rs:"),
        "{line}"
    );
    for name in names {
        assert_eq!(count(name), 0);
    }
}

#[test]
fn nothing_stays_behind() {
    #[loop_guard(timeout = budget, name = "gone")]
    async fn gone(budget: Duration, how: u32) -> Result<(), Tripped> {
        match how {
            0 => {}
            1 => pause().await,
            2 => pending().await,
            3 => {
                pause().await;
                panic!("in a poll");
            }
            _ => {
                let inner = Box::pin(gone(SECOND * 50, how - 3));
                pause().await;
                return inner.await;
            }
        }
        Ok(())
    }
    for how in 0..12 {
        let mut future = ByHand::new(gone(SECOND * 100, how).map(|_| ()));
        for _ in 0..5 {
            if !matches!(catch_unwind(AssertUnwindSafe(|| future.poll())), Ok(poll) if poll.is_pending())
            {
                break;
            }
            assert!((1..6).contains(&count("gone")));
        }
        let polled_on = ByHand::new(gone(SECOND * 100, how));
        drop((future, polled_on));
        assert_eq!(count("gone"), 0, "{how}");
    }
    // Left by its deadline.
    let left = futures::executor::block_on(gone(Duration::from_millis(5), 2));
    assert!(left.is_err());
    assert_eq!(count("gone"), 0);
}

#[test]
fn a_future_that_is_leaked_stays_listed() {
    #[loop_guard(timeout = "1h", name = "leaked")]
    async fn leaked() -> Result<(), Tripped> {
        pending().await
    }
    let mut future = ByHand::new(leaked());
    future.pend();
    std::mem::forget(future);
    assert_eq!(count("leaked"), 1);
}

#[test]
fn many_at_once_while_they_come_and_go() {
    #[loop_guard(timeout = "1h", name = "many")]
    async fn many(deep: u32) -> Result<(), Tripped> {
        pause().await;
        if deep > 0 {
            Box::pin(many(deep - 1)).await?;
        }
        pause().await;
        Ok(())
    }
    const FUTURES: usize = 50;
    let mut all: Vec<_> = (0..FUTURES).map(|_| ByHand::new(many(3))).collect();
    let threads = thread::scope(|scope| {
        let looks = scope.spawn(|| (0..200).map(|_| count("many")).max().unwrap());
        for future in &mut all {
            for _ in 0..4 {
                future.pend();
            }
        }
        let most = looks.join().unwrap();
        assert!(most <= 4 * FUTURES);
        count("many")
    });
    assert_eq!(threads, 4 * FUTURES);
    for future in &mut all {
        for _ in 0..4 {
            let _ = future.poll();
        }
        assert!(future.finish().is_ok());
    }
    assert_eq!(count("many"), 0);
}
