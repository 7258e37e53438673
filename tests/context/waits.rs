//! Waits end with the budget.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, CancelToken, Cause, Tripped, every, loop_guard, sleep, testing, wait};

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

#[test]
fn a_sleep_ends_with_the_budget_and_not_before() {
    let start = Instant::now();
    let tripped = Budget::timeout(SHORT)
        .run(|| sleep(HOUR))
        .and_then(|slept| slept)
        .unwrap_err();
    assert!(matches!(tripped.cause(), Cause::Timeout { .. }));
    assert!(start.elapsed() > SHORT && start.elapsed() < HOUR);
    assert!(
        tripped
            .to_string()
            .contains("noticed in the `sleep` at tests/context/waits.rs:")
    );

    let start = Instant::now();
    sleep(SHORT).unwrap();
    Budget::timeout(HOUR).run(|| sleep(SHORT)).unwrap().unwrap();
    assert!(start.elapsed() >= 2 * SHORT);
}

#[test]
fn a_sleep_is_a_check() {
    let token = CancelToken::new();
    let outcome = Budget::new().cancel(token.clone()).run(|| {
        sleep(Duration::ZERO).unwrap();
        token.cancel("stop");
        sleep(Duration::ZERO)
    });
    assert!(outcome.unwrap().is_err());
}

#[test]
fn a_long_budget_ends_a_sleep_as_well() {
    let limit = Duration::from_millis(1200);
    let start = Instant::now();
    let outcome = Budget::timeout(limit).run(|| sleep(HOUR)).unwrap();
    assert!(outcome.is_err() && start.elapsed() > limit);
}

#[test]
fn a_cancel_ends_a_sleep() {
    let token = CancelToken::new();
    let sleepers: Vec<_> = (0..2)
        .map(|asked| {
            let child = token.child();
            let budget = if asked == 0 {
                Budget::new().cancel(child)
            } else {
                Budget::new().cancel(move || child.is_cancelled())
            };
            thread::spawn(move || budget.run(|| sleep(HOUR)).and_then(|slept| slept))
        })
        .collect();
    thread::sleep(SHORT);
    token.cancel("stop");
    for sleeper in sleepers {
        assert!(matches!(
            sleeper.join().unwrap().unwrap_err().cause(),
            Cause::Cancelled { .. }
        ));
    }
}

#[test]
fn a_sleep_takes_no_wake_up_that_is_meant_for_others() {
    let token = CancelToken::new();
    thread::current().unpark();
    let budget = Budget::new().cancel(token.clone());
    let outcome = budget.run(|| {
        sleep(SHORT).unwrap();
        token.cancel("stop");
        sleep(HOUR)
    });
    assert!(outcome.unwrap().is_err());
    thread::park(); // returns at once
}

#[test]
fn on_a_paused_clock_a_sleep_moves_it() {
    let _paused = testing::pause();
    let outcome = Budget::timeout(HOUR).run(|| {
        sleep(HOUR / 2)?;
        sleep(HOUR / 2)?; // at the deadline itself nothing trips
        sleep(HOUR)
    });
    let tripped = outcome.unwrap().unwrap_err();
    let just_past = HOUR + Duration::from_nanos(1);
    assert_eq!(
        tripped.cause(),
        Cause::Timeout {
            limit: HOUR,
            elapsed: just_past
        }
    );
}

#[test]
fn a_throttle_neither_drifts_nor_bursts() {
    let _paused = testing::pause();
    let start = guard_clock();
    let second = Duration::from_secs(1);
    let mut turns = Vec::new();
    for turn in every(second).take(6) {
        turn.unwrap();
        turns.push(guard_clock() - start);
        // The third iteration takes longer than two periods, the others a part of one.
        testing::advance(if turns.len() == 3 {
            second * 5 / 2
        } else {
            second / 3
        });
    }
    let times = [0, 1000, 2000, 4500, 5000, 6000].map(Duration::from_millis);
    assert_eq!(turns, times);
}

/// The paused clock, as an `Instant`.
fn guard_clock() -> Instant {
    Budget::timeout(HOUR)
        .run(guard_runtime::deadline)
        .unwrap()
        .unwrap()
}

#[test]
fn a_throttle_ends_with_the_budget() {
    #[loop_guard(timeout = "20ms")]
    fn turns(count: &mut u32) -> Result<(), Tripped> {
        for _ in every(SHORT) {
            *count += 1;
        }
        Ok(())
    }
    let mut count = 0;
    assert!(turns(&mut count).is_err());
    assert!(count <= 6, "{count}");

    let last = Budget::timeout(SHORT).run(|| every(HOUR).last()).unwrap();
    assert!(last.unwrap().is_err(), "the trip is the last item");
    let many =
        Budget::timeout(4 * SHORT).run(|| every(Duration::ZERO).filter_map(Result::ok).count());
    assert!(many.unwrap() > 1);
    assert_eq!(every(Duration::MAX).take(1).count(), 1);
}

type Shared = Arc<(Mutex<Vec<u32>>, Condvar)>;

#[test]
fn a_wait_ends_when_it_is_ready() {
    for budget in [
        Budget::timeout(HOUR),
        Budget::new().cancel(CancelToken::new()),
    ] {
        let shared = Shared::default();
        let (theirs, condvar) = (shared.clone(), &shared.1);
        let pushes = thread::spawn(move || {
            for item in 0..3 {
                thread::sleep(SHORT);
                theirs.0.lock().unwrap().push(item);
                theirs.1.notify_all();
            }
        });
        let queue = budget.run(|| {
            wait(condvar, shared.0.lock().unwrap(), |queue| queue.len() == 3)
                .map(|queue| queue.clone())
        });
        assert_eq!(queue.unwrap().unwrap(), [0, 1, 2]);
        pushes.join().unwrap();
    }
}

#[test]
fn a_wait_ends_with_the_budget_and_unlocks() {
    let shared = Shared::default();
    let never = |_: &mut Vec<u32>| false;
    let outcome =
        Budget::timeout(SHORT).run(|| wait(&shared.1, shared.0.lock().unwrap(), never).map(drop));
    assert!(outcome.unwrap().is_err() && shared.0.try_lock().is_ok());

    let token = CancelToken::new();
    let (waits, child) = (shared.clone(), token.child());
    let waiter = thread::spawn(move || {
        let budget = Budget::new().cancel(child);
        budget
            .run(|| wait(&waits.1, waits.0.lock().unwrap(), never).map(drop))
            .and_then(|waited| waited)
    });
    thread::sleep(SHORT);
    token.cancel("stop");
    assert!(waiter.join().unwrap().is_err() && shared.0.try_lock().is_ok());
}

#[test]
fn a_condition_that_panics_goes_on_and_ends_the_wait() {
    let (shared, token) = (Shared::default(), CancelToken::new());
    let waits = shared.clone();
    let panicked = thread::spawn(move || {
        let mut asked = 0;
        let ready = |_: &mut Vec<u32>| {
            asked += 1;
            assert!(asked < 2, "the condition panics, as the test wants");
            false
        };
        let budget = Budget::new().cancel(token.child());
        waits.1.notify_all();
        _ = budget.run(|| wait(&waits.1, waits.0.lock().unwrap(), ready).map(drop));
    });
    assert!(panicked.join().is_err());
    // The mutex is poisoned by that; a wait still works.
    let guard = shared
        .0
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    assert!(wait(&shared.1, guard, |_| true).is_ok());
    assert!(shared.0.is_poisoned());
}
