//! When a closed breaker opens.

use std::panic::resume_unwind;

use guard_runtime::policy::{Breaker, State};
use guard_runtime::{Cause, testing};

use crate::{millis, panics, paused};

fn fail(breaker: &Breaker) {
    panics(|| drop(breaker.run(|| resume_unwind(Box::new("a failure")))));
}

fn succeed(breaker: &Breaker) {
    breaker.run(|| ()).unwrap();
}

#[test]
fn after_a_million_successes_the_last_ten_seconds_count() {
    paused(|| {
        let breaker = Breaker::new();
        for _ in 0..1_000_000 {
            succeed(&breaker);
        }
        for _ in 0..1000 {
            fail(&breaker);
            succeed(&breaker);
        }
        assert_eq!(
            breaker.state(),
            State::Closed,
            "one in a thousand has failed"
        );
        testing::advance(millis(10_000));
        for call in 0..19 {
            if call % 2 == 0 {
                fail(&breaker);
            } else {
                succeed(&breaker);
            }
            testing::advance(millis(100));
        }
        assert_eq!(breaker.state(), State::Closed, "too few to tell");
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open, "11 of 20");
    });
}

#[test]
fn of_few_calls_five_failures_in_a_row_open_it() {
    paused(|| {
        let breaker = Breaker::new();
        for _ in 0..3 {
            (0..4).for_each(|_| fail(&breaker));
            succeed(&breaker);
        }
        (0..4).for_each(|_| fail(&breaker));
        assert_eq!(breaker.state(), State::Closed);
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open);
    });
}

#[test]
fn settings() {
    paused(|| {
        let breaker = Breaker::new()
            .rate(0.25)
            .min_calls(4)
            .window(millis(1000))
            .open_for(millis(100))
            .named("ledger");
        (0..2).for_each(|_| succeed(&breaker));
        fail(&breaker);
        assert_eq!(breaker.state(), State::Closed, "three calls are too few");
        testing::advance(millis(1100));
        (0..4).for_each(|_| succeed(&breaker));
        fail(&breaker);
        assert_eq!(breaker.state(), State::Closed, "a fifth has failed");
        fail(&breaker);
        assert_eq!(breaker.state(), State::Open, "a third");
        let refused = breaker.run(|| ()).unwrap_err();
        assert_eq!(refused.scope(), "ledger");
        assert_eq!(refused.location().file(), file!());
        assert!(
            matches!(refused.cause(), Cause::Refused { retry_after } if retry_after <= millis(100))
        );
        assert!(
            refused
                .to_string()
                .contains("refused the call: retry after"),
            "{refused}"
        );
        assert!(format!("{breaker:?}").contains("ledger"));
    });
}

#[test]
fn real_time_is_counted_as_well() {
    let breaker = Breaker::new().min_calls(1000);
    for _ in 0..999 {
        succeed(&breaker);
    }
    for _ in 0..999 {
        // Never five in a row.
        fail(&breaker);
        succeed(&breaker);
    }
    assert_eq!(breaker.state(), State::Closed);
    (0..999).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

/// Slices are numbered with few bits: neither a late start nor a long break may look like the future.
#[test]
fn it_counts_however_long_the_process_has_run() {
    let days = |count: u64| millis(count * 24 * 3_600 * 1_000);
    for begun in [0, 1, 5, 7, 9, 11, 13, 19, 400] {
        for rested in [0, 1, 5, 7, 9, 11, 13, 19, 400] {
            paused(|| {
                let breaker = Breaker::new();
                testing::advance(days(begun));
                (0..4).for_each(|_| fail(&breaker));
                succeed(&breaker);
                testing::advance(days(rested));
                (0..5).for_each(|_| fail(&breaker));
                assert_eq!(breaker.state(), State::Open, "{begun} and {rested} days");
            });
        }
    }
}
