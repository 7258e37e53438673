//! `yield_every`, and that nothing yields without it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use futures::executor::{LocalPool, block_on};
use futures::task::LocalSpawnExt;
use guard_runtime::{Cause, Tripped, loop_guard, testing};
use harness::Paused;

use super::by_hand::{ByHand, SECOND, pause};

const STEP: Duration = Duration::from_micros(100);

/// A quantum is ten steps; the check before the eleventh finds it over.
const TURN: u32 = 10;

fn step(steps: &Cell<u32>) {
    testing::advance(STEP);
    steps.set(steps.get() + 1);
}

#[loop_guard(timeout = "1h", yield_every = "1ms")]
async fn yields(steps: &Cell<u32>, rounds: u32) -> Result<(), Tripped> {
    for _ in 0..rounds {
        step(steps);
    }
    Ok(())
}

#[loop_guard(timeout = "1h")]
async fn never_yields(steps: &Cell<u32>, rounds: u32) -> Result<(), Tripped> {
    for _ in 0..rounds {
        step(steps);
    }
    Ok(())
}

#[test]
fn a_turn_ends_when_its_time_is_over_and_the_task_wakes_itself() {
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(yields(&steps, TURN * 5 + 1));
    for turn in 1..=5 {
        future.pend();
        assert_eq!(steps.get(), TURN * turn);
        assert_eq!(future.bell.rung(), usize::try_from(turn).unwrap());
    }
    assert!(future.finish().is_ok());
}

#[test]
fn without_it_a_loop_runs_to_its_end() {
    let _paused = Paused::new();
    let steps = Cell::new(0);
    assert!(ByHand::new(never_yields(&steps, 1000)).finish().is_ok());
    assert_eq!(steps.get(), 1000);
}

/// The largest number of steps between two beats of a task that runs beside the loop.
fn longest_gap(busy: impl AsyncFnOnce(&Cell<u32>) -> Result<(), Tripped> + 'static) -> u32 {
    let _paused = Paused::new();
    let mut pool = LocalPool::new();
    let steps = Rc::new(Cell::new(0));
    let (counted, done) = (steps.clone(), Rc::new(Cell::new(false)));
    let told = done.clone();
    let beats = async move {
        let (mut last, mut longest) = (0, 0);
        while !done.get() {
            longest = longest.max(counted.get() - last);
            last = counted.get();
            super::by_hand::pass().await;
        }
        longest.max(counted.get() - last)
    };
    let busy = async move {
        busy(&steps).await.unwrap();
        told.set(true);
    };
    pool.spawner().spawn_local(busy).unwrap();
    pool.run_until(beats)
}

#[test]
fn a_heartbeat_on_the_same_thread_waits_for_a_turn_at_most() {
    assert_eq!(longest_gap(async |steps| yields(steps, 1000).await), TURN);
    let starved = longest_gap(async |steps| never_yields(steps, 1000).await);
    assert_eq!(starved, 1000);
}

#[test]
fn a_wait_of_its_own_begins_a_new_turn() {
    #[loop_guard(timeout = "1h", yield_every = "1ms")]
    async fn waits(steps: &Cell<u32>) -> Result<(), Tripped> {
        for round in 0..20 {
            step(steps);
            if round == 5 {
                pause().await;
            }
        }
        Ok(())
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(waits(&steps));
    for wanted in [6, 16] {
        future.pend();
        assert_eq!(steps.get(), wanted);
    }
    assert!(future.finish().is_ok());
}

#[test]
fn time_that_passes_while_it_waits_for_its_turn_counts() {
    #[loop_guard(timeout = "10ms", yield_every = "1ms")]
    async fn endless(steps: &Cell<u32>) -> Result<(), Tripped> {
        loop {
            step(steps);
        }
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(endless(&steps));
    for _ in 0..5 {
        future.pend();
        testing::advance(Duration::from_millis(1));
    }
    let tripped = future.finish().unwrap_err();
    // Exactly at the limit nothing trips yet.
    assert_eq!(steps.get(), TURN * 5 + 1);
    assert!(matches!(tripped.cause(), Cause::Timeout { .. }));
}

#[test]
fn iterations_are_counted_on_across_turns() {
    #[loop_guard(iterations = 25, yield_every = "1ms")]
    async fn endless(steps: &Cell<u32>) -> Result<(), Tripped> {
        loop {
            step(steps);
        }
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(endless(&steps));
    future.pend();
    future.pend();
    let tripped = future.finish().unwrap_err();
    assert_eq!(
        (steps.get(), tripped.cause()),
        (25, Cause::Iterations { limit: 25 })
    );
}

#[test]
fn one_that_inherits_may_yield() {
    #[loop_guard(inherit, yield_every = every)]
    async fn helps(every: Duration, steps: &Cell<u32>) -> Result<(), Tripped> {
        while steps.get() < 1000 {
            step(steps);
        }
        Ok(())
    }
    #[loop_guard(timeout = "2ms", name = "caller")]
    async fn caller(steps: &Cell<u32>) -> Result<(), Tripped> {
        helps(STEP * 5, steps).await
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(caller(&steps));
    for turn in 1..=4 {
        future.pend();
        assert_eq!(steps.get(), 5 * turn);
    }
    assert_eq!(future.finish().unwrap_err().scope(), "caller");
}

#[test]
fn a_future_inside_that_did_not_ask_does_not_yield() {
    #[loop_guard(timeout = "1h", yield_every = "1ms")]
    async fn outer(steps: &Cell<u32>) -> Result<(), Tripped> {
        never_yields(steps, 100).await?;
        // The quantum is long over.
        for _ in 0..2 {
            step(steps);
        }
        Ok(())
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(outer(&steps));
    future.pend();
    assert_eq!(steps.get(), 100);
    assert!(future.finish().is_ok());
    assert_eq!(steps.get(), 102);
}

#[test]
fn one_that_yields_inside_one_that_does_not() {
    #[loop_guard(timeout = "1h")]
    async fn outer(steps: &Cell<u32>) -> Result<(), Tripped> {
        yields(steps, TURN + 1).await?;
        never_yields(steps, 100).await
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    let mut future = ByHand::new(outer(&steps));
    future.pend();
    assert_eq!(steps.get(), TURN);
    assert!(future.finish().is_ok());
    assert_eq!(steps.get(), TURN + 101);
}

#[test]
fn a_section_that_rests_on_not_being_interleaved_is_left_alone() {
    #[loop_guard(timeout = "1h")]
    async fn holds(shared: Rc<RefCell<u32>>) -> Result<(), Tripped> {
        let mut held = shared.borrow_mut();
        for _ in 0..1000 {
            testing::advance(STEP);
            *held += 1;
        }
        Ok(())
    }
    let _paused = Paused::new();
    let mut pool = LocalPool::new();
    let shared = Rc::new(RefCell::new(0));
    for _ in 0..3 {
        let (holds, other) = (holds(shared.clone()), shared.clone());
        let task = async move { holds.await.unwrap() };
        pool.spawner().spawn_local(task).unwrap();
        let looks = async move {
            let seen = other.try_borrow().map(|seen| *seen % 1000);
            assert_eq!(seen.ok(), Some(0), "nobody holds it");
        };
        pool.spawner().spawn_local(looks).unwrap();
    }
    pool.run();
    assert_eq!(*shared.borrow(), 3000);
}

#[test]
fn a_turn_without_end_and_one_without_length() {
    #[loop_guard(timeout = "1h", yield_every = every)]
    async fn yields(every: Duration, steps: &Cell<u32>) -> Result<(), Tripped> {
        for _ in 0..100 {
            step(steps);
        }
        Ok(())
    }
    let _paused = Paused::new();
    let steps = Cell::new(0);
    assert!(ByHand::new(yields(Duration::MAX, &steps)).finish().is_ok());
    let mut always = ByHand::new(yields(Duration::ZERO, &steps));
    for _ in 0..100 {
        always.pend();
    }
    assert!(always.finish().is_ok());
}

#[test]
fn real_time_and_other_executors() {
    #[loop_guard(timeout = "1h", yield_every = "1ms")]
    async fn waits_for(flag: &Cell<bool>) -> Result<u32, Tripped> {
        let mut rounds = 0;
        while !flag.get() {
            rounds += 1;
        }
        Ok(rounds)
    }
    let both = |flag: &'static Cell<bool>| async {
        let sets = async {
            pause_for_others().await;
            flag.set(true);
        };
        futures::join!(waits_for(flag), sets).0
    };
    let flag = || -> &'static Cell<bool> { Box::leak(Box::default()) };
    assert!(block_on(both(flag())).is_ok());
    assert!(smol::block_on(both(flag())).is_ok());
}

async fn pause_for_others() {
    super::by_hand::passes(3).await;
}

#[test]
fn it_stays_send_without() {
    fn is_send<F: Send>(_: &F) {}
    #[loop_guard(timeout = "1h")]
    async fn with_a_loop_before_its_await(n: u32) -> Result<usize, Tripped> {
        let len = {
            let local = Rc::new(RefCell::new(Vec::new()));
            for i in 0..n {
                local.borrow_mut().push(i);
            }
            local.take().len()
        };
        pause().await;
        Ok(len)
    }
    let mut future = ByHand::new(with_a_loop_before_its_await(3));
    is_send(&with_a_loop_before_its_await(3));
    future.pend();
    assert_eq!(future.finish().unwrap(), 3);
    assert!(SECOND > STEP);
}
