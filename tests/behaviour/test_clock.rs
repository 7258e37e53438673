//! The clock that tests move by hand.

use std::panic::catch_unwind;
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Tripped, checkpoint, deadline, loop_guard, remaining, testing};
use harness::Paused;

pub(crate) const NANO: Duration = Duration::from_nanos(1);
const SECOND: Duration = Duration::from_secs(1);

/// Spends `spent` in one step, and checks before and after it.
#[loop_guard(timeout = budget)]
fn spend(budget: Duration, spent: Duration) -> Result<u32, Tripped> {
    let mut looks = 0;
    while looks < 2 {
        if looks == 0 {
            testing::advance(spent);
        }
        looks += 1;
    }
    Ok(looks)
}

const BUDGETS: [Duration; 8] = [
    NANO,
    Duration::from_micros(3),
    Duration::from_millis(20),
    Duration::from_nanos(999_999_999),
    SECOND,
    Duration::from_nanos(1_000_000_001),
    Duration::from_secs(30),
    Duration::from_secs(365 * 24 * 3600),
];

#[test]
fn at_the_limit_passes_and_a_nanosecond_later_trips() {
    let _paused = Paused::new();
    for budget in BUDGETS {
        assert_eq!(spend(budget, budget).unwrap(), 2, "{budget:?}");
        let tripped = spend(budget, budget + NANO).unwrap_err();
        let cause = guard_runtime::Cause::Timeout {
            limit: budget,
            elapsed: budget + NANO,
        };
        assert_eq!(tripped.cause(), cause);
    }
}

#[test]
fn the_same_by_hand() {
    let _paused = Paused::new();
    for budget in BUDGETS {
        let look = |spent: Duration| {
            let run = || {
                testing::advance(spent);
                (remaining(), checkpoint())
            };
            Budget::timeout(budget).run(run).unwrap()
        };
        let (left, checked) = look(budget);
        assert_eq!(left, Some(Duration::ZERO));
        assert!(checked.is_ok(), "{budget:?}");
        let (left, checked) = look(budget + NANO);
        assert_eq!(left, Some(Duration::ZERO));
        assert!(checked.is_err(), "{budget:?}");
        assert_eq!(look(NANO).0, budget.checked_sub(NANO));
    }
}

#[test]
fn the_deadline_stays_and_what_remains_shrinks() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND * 5).run(|| {
        let at = deadline();
        assert!(at.is_some());
        assert_eq!(remaining(), Some(SECOND * 5));
        testing::advance(SECOND * 2);
        assert_eq!(remaining(), Some(SECOND * 3));
        assert_eq!(deadline(), at);
    });
    assert!(outcome.is_ok());
}

#[test]
fn a_paused_clock_stands_still() {
    let _paused = Paused::new();
    let real = Instant::now();
    let outcome = Budget::timeout(Duration::from_micros(10)).run(|| {
        while real.elapsed() < Duration::from_millis(30) {
            checkpoint()?;
        }
        checkpoint()
    });
    assert!(outcome.unwrap().is_ok());
}

#[test]
fn other_threads_are_not_paused() {
    let _paused = Paused::new();
    let other = thread::spawn(|| {
        Budget::timeout(Duration::from_micros(10)).run(|| {
            loop {
                if let Err(tripped) = checkpoint() {
                    return tripped;
                }
            }
        })
    });
    // It trips at the entry if the machine takes that long to get there.
    let tripped = other.join().unwrap().unwrap_or_else(|tripped| tripped);
    assert!(tripped.to_string().contains("10µs allowed"));
}

#[test]
fn resumed_time_is_real_again() {
    drop(Paused::new());
    let start = Instant::now();
    let outcome = Budget::timeout(Duration::from_millis(2)).run(|| while checkpoint().is_ok() {});
    assert!(outcome.is_ok());
    assert!(start.elapsed() >= Duration::from_millis(2));
}

#[test]
fn to_advance_a_running_clock_is_a_mistake() {
    let payload = catch_unwind(|| testing::advance(NANO)).unwrap_err();
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .unwrap_or_default();
    assert!(message.contains("call testing::pause() first"), "{message}");
}
