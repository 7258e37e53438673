//! `remaining()` was zero, and the check right after it did not trip.

use std::time::{Duration, Instant};

use guard_runtime::{Budget, Tripped, checkpoint, deadline, loop_guard, remaining};

const LIMIT: Duration = Duration::from_millis(3);

#[loop_guard(timeout = LIMIT, name = "loops")]
fn loops_until_nothing_remains() -> Result<(), Tripped> {
    let mut spent = false;
    loop {
        assert!(!spent, "this iteration had to trip");
        while remaining() != Some(Duration::ZERO) {}
        spent = true;
    }
}

#[test]
fn a_check_behind_the_answer_zero_trips() {
    // Ticks are so late that none comes in time for the check.
    guard_runtime::__private::starve_ticker(Duration::from_millis(40));
    for _ in 0..5 {
        let outcome = Budget::timeout(LIMIT).run(|| {
            while remaining() != Some(Duration::ZERO) {}
            checkpoint()
        });
        assert!(outcome.unwrap().is_err());
        assert!(loops_until_nothing_remains().is_err());
        let outcome = Budget::timeout(LIMIT).run(|| {
            let deadline = deadline().expect("there is one");
            std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
            while Instant::now() <= deadline {}
            checkpoint()
        });
        assert!(outcome.unwrap().is_err());
    }
    guard_runtime::__private::starve_ticker(Duration::ZERO);
}

#[test]
fn what_remains_is_never_more_than_the_budget() {
    for millis in [1, 20, 999, 1_000, 6_550, 8_250, 60_000] {
        let limit = Duration::from_millis(millis);
        for _ in 0..20 {
            let left = Budget::timeout(limit).run(remaining).unwrap();
            assert!(left.unwrap() <= limit, "{left:?} of {limit:?}");
        }
    }
}
