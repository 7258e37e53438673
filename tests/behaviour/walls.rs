//! Cleanup in real time, where its wall opens without a clock read. (In paused time it reads the clock.)

use std::cell::{Cell, RefCell};
use std::thread;
use std::time::Duration;

use guard_runtime::{
    Budget, Exit, Tripped, checkpoint, defer, loop_guard, remaining, shield, snapshot, testing,
};

use harness::events;

const HOUR: Duration = Duration::from_secs(3600);

thread_local! {
    static LEFT: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

/// Returns after a tick. While the ticker is parked, walls read the clock.
pub(crate) fn wait_for_a_tick() {
    let other = thread::spawn(|| {
        let short = Budget::timeout(Duration::from_millis(2));
        short.run(|| while checkpoint().is_ok() {})
    });
    let outcome = other.join().expect("no panic");
    outcome.expect("nothing unwinds");
}

fn note_left() {
    LEFT.with_borrow_mut(|left| left.push(remaining().expect("there is a deadline")));
}

#[loop_guard(timeout = "1h", cleanup = |_| note_left())]
fn inside(times: u32) -> Result<(), Tripped> {
    for _ in 0..times {
        checkpoint()?;
    }
    Ok(())
}

#[loop_guard(timeout = "1h", cleanup_timeout = "1000s", cleanup = |_| cleans_up())]
fn outside(times: u32) -> Result<(), Tripped> {
    for _ in 0..times {
        defer!(|exit| assert!(matches!(exit, Exit::Returned)));
    }
    Ok(())
}

/// Cleanups in a cleanup.
fn cleans_up() {
    defer!(|_| note_left());
    shield(|| ());
    inside(2).expect("an hour is enough");
    note_left();
}

#[test]
fn each_has_the_budget_of_its_own_wall() {
    let outcome = Budget::timeout(2 * HOUR).run(|| {
        wait_for_a_tick();
        for _ in 0..1000 {
            outside(3).expect("an hour is enough");
            note_left();
            let left = LEFT.take();
            let (second, long) = (Duration::from_secs(2), Duration::from_secs(1002));
            assert!(left[0] < second, "in the cleanup of `inside`: {left:?}");
            assert!(second < left[1] && left[1] < long, "around it: {left:?}");
            assert!(left[2] < second, "in what was deferred: {left:?}");
            assert!(HOUR < left[3], "behind all: {left:?}");
            assert_eq!(left.len(), 4);
        }
    });
    outcome.expect("nothing unwinds");
}

/// Its trips unwind from a closure to the function, where the first check comes.
#[loop_guard(inherit)]
fn checks_in_a_closure() -> u32 {
    let mut sum = 0;
    (0..3).for_each(|n| {
        for i in 0..n {
            sum += i;
        }
    });
    sum
}

#[loop_guard(inherit)]
fn without_a_place_for_an_error() {
    loop {
        thread::yield_now();
    }
}

thread_local! {
    static STOPPED: RefCell<Option<testing::Paused>> = const { RefCell::new(None) };
}

/// Advances the paused clock by two seconds, until the clock is resumed.
fn stop_late() {
    STOPPED.set(Some(testing::pause()));
    testing::advance(Duration::from_secs(2));
}

#[loop_guard(timeout = "1h", cleanup = |_| never_ends(reached))]
fn is_cut(reached: &Cell<u32>) -> Result<(), Tripped> {
    for _ in 0..3 {
        checkpoint()?;
    }
    Ok(())
}

fn never_ends(reached: &Cell<u32>) {
    assert_eq!(checks_in_a_closure(), 1);
    stop_late();
    reached.set(reached.get() + 1);
    without_a_place_for_an_error();
    unreachable!("it is cut");
}

/// Not inside a `Budget::run`, to which the trip would unwind as well.
#[loop_guard(timeout = "2h")]
fn cut_in_a_row(times: u32) -> Result<(), Tripped> {
    let reached = Cell::new(0);
    wait_for_a_tick();
    for time in 1..=times {
        events::take();
        let outcome = is_cut(&reached);
        STOPPED.take();
        outcome.expect("the cleanup alone is cut");
        assert_eq!(reached.get(), time);
        let told = events::take();
        assert_eq!(told.len(), 2, "the trip and the overrun: {told:?}");
        assert!(told[1].contains("took too long: 1s allowed"), "{told:?}");
    }
    Ok(())
}

#[test]
fn a_trip_inside_ends_there_in_silence() {
    cut_in_a_row(5).expect("two hours are enough");
}

#[test]
fn that_it_took_too_long_is_told_if_no_check_noticed() {
    events::take();
    let told = (0..1000).find_map(|_| {
        let outcome = Budget::timeout(HOUR).run(|| {
            defer! {
                wait_for_a_tick();
                stop_late();
            }
        });
        STOPPED.take();
        outcome.expect("nothing unwinds");
        events::take().pop()
    });
    let told = told.expect("a tick in one of a thousand");
    assert!(told.contains("took too long: 1s allowed"), "{told}");
}

#[test]
fn the_scopes_around_are_listed_as_they_are() {
    let budget = Budget::timeout(HOUR).named("around a wall");
    let outcome = budget.run(|| {
        let list = || {
            let open = snapshot();
            let mut ours = open.iter().filter(|scope| scope.name() == "around a wall");
            let scope = ours.next().expect("it is open");
            scope
                .remaining()
                .is_some_and(|left| left < HOUR + HOUR / 50)
        };
        wait_for_a_tick();
        for _ in 0..100 {
            defer! { assert!(list()); }
        }
    });
    outcome.expect("nothing unwinds");
}
