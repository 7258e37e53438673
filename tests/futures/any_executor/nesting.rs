//! Scopes within scopes, of futures and of functions, and what is not part of them.

use std::cell::Cell;
use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::time::Duration;

use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use guard_runtime::{Budget, Tripped, checkpoint, deadline, loop_guard, remaining, testing};
use harness::Paused;

use super::by_hand::{ByHand, NANO, SECOND, pause};

fn spend(steps: &Cell<u32>) {
    steps.set(steps.get() + 1);
    testing::advance(SECOND);
}

#[loop_guard(timeout = "3s", name = "blocks")]
async fn blocks(steps: &Cell<u32>, nested: u32) -> Result<(), Tripped> {
    let block = async {
        while nested == 0 {
            spend(steps);
        }
    };
    let deeper = async {
        let inner = async move {
            for _ in 0..100 {
                if nested == 1 {
                    spend(steps);
                }
                pause().await;
            }
        };
        inner.await;
    };
    let closure = async |by: u32| {
        loop {
            if nested < by {
                break;
            }
            spend(steps);
        }
    };
    block.await;
    if nested == 1 {
        deeper.await;
    }
    closure(2).await;
    Ok(())
}

#[test]
fn loops_in_nested_blocks_and_async_closures_are_reached() {
    let _paused = Paused::new();
    for nested in [0, 2] {
        let steps = Cell::new(0);
        let tripped = ByHand::new(blocks(&steps, nested)).finish().unwrap_err();
        assert_eq!((tripped.scope(), steps.get()), ("blocks", 4), "{nested}");
    }
    let steps = Cell::new(0);
    let mut waits = ByHand::new(blocks(&steps, 1));
    for _ in 0..3 {
        waits.pend();
    }
    assert!(waits.finish().is_err());
    assert_eq!(
        steps.get(),
        4,
        "the fourth waits, and the deadline has passed"
    );
}

#[loop_guard(timeout = "3s")]
async fn branches(steps: &Cell<u32>, which: u32) -> Result<u32, Tripped> {
    match which {
        0 => {
            let (left, right) = futures::join!(
                async {
                    pause().await;
                    1
                },
                async {
                    loop {
                        spend(steps);
                        if steps.get() > 100 {
                            break 2;
                        }
                    }
                }
            );
            Ok(left + right)
        }
        1 => {
            let mut never = Box::pin(futures::FutureExt::fuse(pending::<u32>()));
            let mut runs = Box::pin(futures::FutureExt::fuse(ready(1)));
            let value = futures::select_biased! {
                value = never => value,
                value = runs => {
                    while steps.get() < 100 {
                        spend(steps);
                    }
                    value
                }
            };
            Ok(value)
        }
        _ => {
            let outcome: Result<(u32, u32), Tripped> = futures::try_join!(
                async {
                    for _ in 0..100 {
                        spend(steps);
                        pause().await;
                    }
                    Ok(1)
                },
                async { Ok(2) }
            );
            outcome.map(|(a, b)| a + b)
        }
    }
}

#[test]
fn loops_in_the_branches_of_join_and_select_are_reached() {
    let _paused = Paused::new();
    for which in [0, 1] {
        let steps = Cell::new(0);
        assert!(ByHand::new(branches(&steps, which)).finish().is_err());
        assert_eq!(steps.get(), 4, "{which}");
    }
    let steps = Cell::new(0);
    let mut joined = ByHand::new(branches(&steps, 2));
    for _ in 0..3 {
        joined.pend();
    }
    assert!(joined.finish().is_err());
    assert_eq!(steps.get(), 4);
}

#[test]
fn a_spawned_task_has_no_part_in_the_scope() {
    #[loop_guard(timeout = "1s")]
    async fn spawns(spawner: futures::executor::LocalSpawner) -> Result<(), Tripped> {
        let task = async {
            assert_eq!(deadline(), None);
            for _ in 0..10 {
                testing::advance(SECOND);
                checkpoint().unwrap();
                pause().await;
            }
        };
        spawner.spawn_local(task).unwrap();
        pending().await
    }

    let _paused = Paused::new();
    let mut pool = LocalPool::new();
    let outcome = std::rc::Rc::new(Cell::new(None));
    let (spawner, told) = (pool.spawner(), outcome.clone());
    let task = async move { told.set(Some(spawns(spawner).await.is_err())) };
    pool.spawner().spawn_local(task).unwrap();
    pool.run_until_stalled();
    assert_eq!(
        outcome.get(),
        None,
        "the task has advanced the clock just to the limit"
    );
    testing::advance(NANO);
    pool.run_until_stalled();
    assert_eq!(outcome.get(), Some(true));
}

#[loop_guard(timeout = limit, name = "sync")]
fn sync(limit: Duration, steps: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < steps {
        testing::advance(SECOND);
        done += 1;
    }
    Ok(done)
}

#[loop_guard(timeout = limit, name = "future")]
async fn future(limit: Duration, own: Duration, steps: u32) -> Result<u32, Tripped> {
    pause().await;
    let done = sync(own, steps)?;
    pause().await;
    Ok(done)
}

#[test]
fn functions_that_a_future_calls_are_in_its_scope() {
    let _paused = Paused::new();
    let scope = |limit, own| {
        let mut future = ByHand::new(future(SECOND * limit, SECOND * own, 10));
        future.pend();
        future.finish().unwrap_err().scope().to_owned()
    };
    assert_eq!(scope(5, 60), "future");
    assert_eq!(scope(60, 5), "sync");
}

/// Blocks on the future, which waits ten times until the clock has moved on by a second.
#[loop_guard(timeout = limit, name = "blocking")]
fn blocking(limit: Duration, own: Duration) -> Result<u32, Tripped> {
    #[loop_guard(timeout = own, name = "blocked")]
    async fn blocked(own: Duration) -> Result<u32, Tripped> {
        for _ in 0..10 {
            testing::advance(SECOND);
            super::by_hand::pass().await;
        }
        Ok(remaining().map_or(0, |left| u32::try_from(left.as_secs()).unwrap_or(0)))
    }
    block_on(blocked(own))
}

#[test]
fn a_function_that_blocks_on_a_future_gives_it_its_deadline() {
    let _paused = Paused::new();
    let scope =
        |limit, own| blocking(SECOND * limit, SECOND * own).map_err(|it| it.scope().to_owned());
    assert_eq!(scope(5, 60), Err("blocking".to_owned()));
    assert_eq!(scope(60, 5), Err("blocked".to_owned()));
    assert_eq!(scope(60, 30), Ok(20));
    assert_eq!(scope(30, 60), Ok(20));
    assert_eq!(deadline(), None);
}

#[test]
fn a_blocked_future_is_woken_at_the_functions_deadline() {
    #[loop_guard(timeout = "20ms", name = "blocking")]
    fn blocking() -> Result<(), Tripped> {
        #[loop_guard(timeout = "1h")]
        async fn waits() -> Result<(), Tripped> {
            pending().await
        }
        block_on(waits())
    }
    assert_eq!(blocking().unwrap_err().scope(), "blocking");
    let run = Budget::timeout(Duration::from_millis(20)).named("run");
    let outcome = run.run(|| {
        #[loop_guard(timeout = "1h")]
        async fn waits() -> Result<(), Tripped> {
            pending().await
        }
        smol::block_on(waits())
    });
    assert_eq!(outcome.unwrap().unwrap_err().scope(), "run");
}

#[test]
fn recursion_through_a_box_nests() {
    #[loop_guard(timeout = "1h", name = "descends")]
    async fn descends(depth: u32, limit: u32) -> Result<u32, Tripped> {
        pause().await;
        if depth == limit {
            return Ok(0);
        }
        let below: Pin<Box<dyn Future<Output = _>>> = Box::pin(descends(depth + 1, limit));
        Ok(below.await? + 1)
    }

    let _paused = Paused::new();
    // More than fit into a thread's stack of scopes.
    let mut all = ByHand::new(descends(0, 50));
    for _ in 0..=50 {
        all.pend();
    }
    assert_eq!(all.finish().unwrap(), 50);

    let mut all = ByHand::new(descends(0, 50));
    for _ in 0..=40 {
        all.pend();
    }
    testing::advance(SECOND * 3600 + NANO);
    assert!(all.finish().is_err());
    assert_eq!(deadline(), None);
}

#[test]
fn inherit_checks_the_callers_scope_and_opens_none() {
    #[loop_guard(inherit)]
    async fn helps(steps: &Cell<u32>) -> Result<(), Tripped> {
        assert_eq!(remaining().is_some(), deadline().is_some());
        for _ in 0..20 {
            spend(steps);
            pause().await;
        }
        (0..20).for_each(|_| {
            for _ in 0..2 {
                spend(steps);
            }
        });
        Ok(())
    }
    #[loop_guard(timeout = "30s", name = "caller")]
    async fn caller(steps: &Cell<u32>) -> Result<(), Tripped> {
        helps(steps).await
    }

    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut caller = ByHand::new(caller(&steps));
    for _ in 0..20 {
        caller.pend();
    }
    assert_eq!(caller.finish().unwrap_err().scope(), "caller");
    assert_eq!(steps.get(), 31);

    let steps = Cell::new(0);
    let mut alone = ByHand::new(helps(&steps));
    for _ in 0..20 {
        alone.pend();
    }
    assert!(alone.finish().is_ok());
    assert_eq!(steps.get(), 60);
}
