//! When a guarded future is left: never early, whether it waits or runs, by the earliest of all deadlines.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use futures::channel::oneshot;
use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use guard_runtime::{Budget, Cause, Tripped, checkpoint, deadline, loop_guard, remaining, testing};
use harness::Paused;

use super::by_hand::{ByHand, NANO, SECOND, pause};

#[loop_guard(timeout = budget)]
async fn waits(budget: Duration) -> Result<(), Tripped> {
    pending().await
}

/// One budget for each way in which budgets are stored.
const BUDGETS: [Duration; 6] = [
    NANO,
    Duration::from_micros(20),
    Duration::from_nanos(999_999_999),
    SECOND,
    Duration::from_secs(30),
    Duration::from_secs(365 * 24 * 3600),
];

#[test]
fn at_the_limit_it_waits_and_a_nanosecond_later_it_is_left() {
    let _paused = Paused::new();
    for budget in BUDGETS {
        let mut waits = ByHand::new(waits(budget));
        waits.pend();
        testing::advance(budget);
        waits.pend();
        assert_eq!(waits.bell.rung(), 0, "{budget:?}");
        testing::advance(NANO);
        assert_eq!(waits.bell.rung(), 1, "{budget:?}");
        let tripped = waits.finish().unwrap_err();
        let (limit, elapsed) = (budget, budget + NANO);
        assert_eq!(tripped.cause(), Cause::Timeout { limit, elapsed });
        assert!(tripped.to_string().contains("noticed in the `async fn` at"));
    }
}

#[test]
fn the_budget_starts_at_the_first_poll() {
    let _paused = Paused::new();
    let mut waits = ByHand::new(waits(SECOND));
    testing::advance(SECOND * 100);
    waits.pend();
    testing::advance(SECOND);
    waits.pend();
    testing::advance(NANO);
    assert!(waits.finish().is_err());
}

#[test]
fn a_budget_without_end_waits_for_ever() {
    let _paused = Paused::new();
    let mut waits = ByHand::new(waits(Duration::MAX));
    waits.pend();
    testing::advance(SECOND * 1_000_000_000);
    waits.pend();
    assert_eq!(waits.bell.rung(), 0);
}

#[test]
fn a_value_that_is_ready_wins() {
    #[loop_guard(timeout = "1s")]
    async fn receive(from: oneshot::Receiver<u32>) -> Result<u32, Tripped> {
        Ok(from.await.unwrap_or(0))
    }

    let _paused = Paused::new();
    let (send, from) = oneshot::channel();
    let mut receive = ByHand::new(receive(from));
    receive.pend();
    testing::advance(SECOND * 9);
    send.send(5).unwrap();
    assert_eq!(receive.finish().unwrap(), 5);
}

#[test]
fn a_loop_that_runs_is_left_in_place() {
    #[loop_guard(timeout = "1s")]
    async fn runs(steps: &Cell<u32>) -> Result<(), Tripped> {
        pause().await;
        loop {
            steps.set(steps.get() + 1);
            testing::advance(SECOND / 4);
        }
    }

    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut runs = ByHand::new(runs(&steps));
    runs.pend();
    testing::advance(SECOND / 2);
    let tripped = runs.finish().unwrap_err();
    assert_eq!(steps.get(), 3, "the third ended a quarter after the limit");
    assert!(tripped.to_string().contains("noticed in the `loop` at"));
}

#[test]
fn a_loop_with_awaits_is_left_where_it_is() {
    #[loop_guard(timeout = "1s")]
    async fn runs(steps: &Cell<u32>, waits: bool) -> Result<(), Tripped> {
        loop {
            steps.set(steps.get() + 1);
            testing::advance(SECOND / 4);
            if waits {
                pause().await;
            }
        }
    }

    let _paused = Paused::new();
    for waits in [false, true] {
        let steps = Cell::new(0);
        let mut runs = ByHand::new(runs(&steps, waits));
        if waits {
            for _ in 0..4 {
                runs.pend();
            }
        }
        let tripped = runs.finish().unwrap_err();
        assert_eq!(steps.get(), 5);
        let noticed = if waits { "`async fn`" } else { "`loop`" };
        assert!(tripped.to_string().contains(noticed), "{tripped}");
    }
}

/// Logs when it is dropped, and when it is made from a trip.
#[derive(Debug)]
struct Told(Rc<RefCell<Vec<&'static str>>>, &'static str);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

thread_local! {
    static LOG: Rc<RefCell<Vec<&'static str>>> = Rc::default();
}

#[derive(Debug)]
struct Converted;

impl From<Tripped> for Converted {
    fn from(_: Tripped) -> Self {
        LOG.with(|log| log.borrow_mut().push("converted"));
        Self
    }
}

#[test]
fn what_the_body_holds_is_dropped_before_the_function_leaves() {
    #[loop_guard(timeout = "1s")]
    async fn holds(first: Told, second: Told) -> Result<(), Converted> {
        let _local = Told(first.0.clone(), "local");
        let inner = async {
            let _inner = Told(second.0.clone(), "inner");
            pending::<()>().await;
        };
        inner.await;
        Ok(())
    }

    let _paused = Paused::new();
    let log = LOG.with(Rc::clone);
    let mut holds = ByHand::new(holds(
        Told(log.clone(), "first"),
        Told(log.clone(), "second"),
    ));
    holds.pend();
    testing::advance(SECOND * 2);
    assert!(holds.finish().is_err());
    let told = ["inner", "local", "second", "first", "converted"];
    assert_eq!(*log.borrow(), told);
    drop(holds);
    assert_eq!(*log.borrow(), told);
}

#[loop_guard(timeout = budget, name = "outer")]
async fn outer(budget: Duration, inner: Duration) -> Result<Duration, Tripped> {
    match waits(inner).await {
        Err(tripped) if tripped.scope() == "outer" => Err(tripped),
        _ => Ok(remaining().unwrap_or_default()),
    }
}

#[test]
fn the_earliest_deadline_counts() {
    let _paused = Paused::new();
    let mut soon = ByHand::new(outer(SECOND * 30, SECOND * 10));
    let mut late = ByHand::new(outer(SECOND * 10, SECOND * 30));
    soon.pend();
    late.pend();
    testing::advance(SECOND * 10);
    soon.pend();
    late.pend();
    testing::advance(NANO);
    assert!(soon.bell.rung() > 0, "the inner deadline wakes");
    assert!(late.bell.rung() > 0, "the outer deadline wakes");
    assert_eq!(soon.finish().unwrap(), SECOND * 20 - NANO);
    assert_eq!(late.finish().unwrap_err().scope(), "outer");
}

#[test]
fn a_swallowed_trip_comes_again() {
    #[loop_guard(timeout = "1s", name = "swallows")]
    async fn swallows(log: &RefCell<Vec<String>>) -> Result<(), Tripped> {
        loop {
            let tripped = waits(SECOND * 5).await.unwrap_err();
            log.borrow_mut().push(tripped.scope().to_owned());
            if log.borrow().len() > 3 {
                return Ok(());
            }
        }
    }

    let _paused = Paused::new();
    let log = RefCell::default();
    let mut swallows = ByHand::new(swallows(&log));
    swallows.pend();
    testing::advance(SECOND * 2);
    assert_eq!(swallows.finish().unwrap_err().scope(), "swallows");
    assert_eq!(*log.borrow(), ["swallows"], "the loop's own check is next");
}

#[test]
fn a_swallowed_trip_does_not_let_it_wait() {
    #[loop_guard(timeout = "1s")]
    async fn swallows(trips: &Cell<u32>) -> Result<(), Tripped> {
        for _ in 0..3 {
            let Err(_) = checkpoint() else { break };
            trips.set(trips.get() + 1);
        }
        pending().await
    }

    let _paused = Paused::new();
    let trips = Cell::new(0);
    let waiting = async {
        pause().await;
        swallows(&trips).await
    };
    let mut waiting = ByHand::new(waiting);
    waiting.pend();
    waiting.pend();
    testing::advance(SECOND * 2);
    assert!(waiting.finish().is_err());
}

#[test]
fn an_entry_is_a_check() {
    #[loop_guard(timeout = "1h")]
    async fn inner(entered: &Cell<bool>) -> Result<(), Tripped> {
        entered.set(true);
        Ok(())
    }

    let _paused = Paused::new();
    let entered = Cell::new(false);
    let outcome = Budget::timeout(SECOND).run(|| {
        testing::advance(SECOND * 2);
        block_on(inner(&entered))
    });
    assert!(outcome.unwrap().is_err());
    assert!(!entered.get());
}

#[test]
fn a_fresh_activation_has_a_fresh_budget() {
    #[loop_guard(timeout = "1s")]
    async fn brief() -> Result<Duration, Tripped> {
        pause().await;
        testing::advance(SECOND / 2);
        pause().await;
        Ok(remaining().unwrap_or_default())
    }

    let _paused = Paused::new();
    for _ in 0..5 {
        let mut brief = ByHand::new(brief());
        brief.pend();
        brief.pend();
        assert_eq!(brief.finish().unwrap(), SECOND / 2);
    }
    assert_eq!(deadline(), None);
}

#[test]
fn advancing_the_clock_wakes_tasks_of_an_executor() {
    let _paused = Paused::new();
    let mut pool = LocalPool::new();
    let left = Rc::new(RefCell::new(Vec::new()));
    for seconds in [3, 1, 2] {
        let left = left.clone();
        let task = async move {
            let outcome = outer(SECOND * seconds, SECOND * 60).await;
            left.borrow_mut().push((seconds, outcome.is_err()));
        };
        pool.spawner().spawn_local(task).unwrap();
    }
    pool.run_until_stalled();
    testing::advance(NANO);
    for seconds in 1..=3 {
        testing::advance(SECOND - NANO);
        pool.run_until_stalled();
        assert_eq!(left.borrow().len(), seconds - 1, "never early");
        testing::advance(NANO);
        pool.run_until_stalled();
        assert_eq!(left.borrow().len(), seconds);
    }
    assert_eq!(*left.borrow(), [(1, true), (2, true), (3, true)]);
}

#[test]
fn several_in_one_task_each_at_its_own_time() {
    let _paused = Paused::new();
    let all = async { futures::join!(waits(SECOND), waits(SECOND * 2), waits(SECOND * 3)) };
    let mut all = ByHand::new(all);
    all.pend();
    for rung in 1..=2 {
        testing::advance(SECOND + NANO);
        assert!(all.bell.rung() >= rung);
        all.pend();
    }
    testing::advance(SECOND);
    let (first, second, third) = all.finish();
    assert!(first.is_err() && second.is_err() && third.is_err());
}

#[test]
fn a_timeout_may_be_awaited() {
    async fn configured() -> Duration {
        pause().await;
        SECOND
    }
    #[loop_guard(timeout = configured().await)]
    async fn waits() -> Result<(), Tripped> {
        pending().await
    }

    let _paused = Paused::new();
    let mut waits = ByHand::new(waits());
    waits.pend();
    testing::advance(SECOND * 10);
    waits.pend();
    testing::advance(SECOND);
    waits.pend();
    testing::advance(NANO);
    assert!(waits.finish().is_err());
}
