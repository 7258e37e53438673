//! Another attempt: when there is a point in it, and when not.

use std::cell::Cell;
use std::task::Poll;
use std::time::Duration;

use guard_runtime::policy::{Breaker, Retry};
use guard_runtime::{Budget, CancelToken, Cause, Tripped, checkpoint, testing};

use crate::{millis, paused, poll};

/// How much time the paused clock passes in `call`.
fn time(call: impl FnOnce()) -> Duration {
    let whole = millis(3_600_000);
    let left = Budget::timeout(whole).run(|| {
        call();
        guard_runtime::remaining().unwrap()
    });
    whole.saturating_sub(left.unwrap())
}

/// An attempt that fails at once, counted.
fn failing(attempts: &Cell<u32>) -> impl FnMut() -> Result<(), u32> {
    || {
        attempts.set(attempts.get() + 1);
        Err(attempts.get())
    }
}

#[test]
fn the_last_real_error_instead_of_a_timeout() {
    paused(|| {
        let attempts = Cell::new(0);
        let retry = Retry::attempts(10).delay(millis(600), millis(600));
        let outcome = Cell::new(Ok(()));
        let took = time(|| {
            let call = || outcome.set(retry.run(failing(&attempts)));
            Budget::timeout(millis(1000)).run(call).unwrap();
        });
        assert_eq!(outcome.get(), Err(2));
        assert_eq!(took, millis(600));
    });
}

#[test]
fn the_shortest_attempt_must_fit_in_as_well() {
    paused(|| {
        let attempts = Cell::new(0);
        let took = time(|| {
            let slow = || {
                testing::advance(millis(300));
                failing(&attempts)()
            };
            let retry = Retry::attempts(10).delay(millis(100), millis(100));
            let outcome = Budget::timeout(millis(1000)).run(|| retry.run(slow));
            assert_eq!(outcome.unwrap(), Err(2));
        });
        assert_eq!(took, millis(700), "a third would end at 1100 ms");
    });
}

#[test]
fn as_many_attempts_as_it_says() {
    paused(|| {
        for count in 0..5 {
            let attempts = Cell::new(0);
            let outcome = Retry::attempts(count).run(failing(&attempts));
            assert_eq!(
                outcome,
                Err(count.max(1)),
                "the first one is made in any case"
            );
        }
        let attempts = Cell::new(0);
        let outcome = Retry::attempts(5).run(|| {
            attempts.set(attempts.get() + 1);
            if attempts.get() == 3 {
                Ok("done")
            } else {
                Err(())
            }
        });
        assert_eq!((outcome, attempts.get()), (Ok("done"), 3));
    });
}

#[test]
fn delays_grow_and_are_jittered() {
    paused(|| {
        let retry = Retry::attempts(6).delay(millis(50), millis(300));
        let mut seen = [[Duration::MAX, Duration::ZERO]; 5];
        for _ in 0..200 {
            // Tokens for the next round.
            testing::advance(millis(10_000));
            let last = Cell::new(None);
            let mut delays = Vec::new();
            let outcome = Budget::timeout(millis(3_600_000)).run(|| {
                retry.run(|| {
                    let left = guard_runtime::remaining().unwrap();
                    if let Some(before) = last.replace(Some(left)) {
                        delays.push(Duration::saturating_sub(before, left));
                    }
                    Err::<(), _>(())
                })
            });
            assert_eq!(outcome.unwrap(), Err(()));
            assert_eq!(delays.len(), 5);
            for ([least, most], delay) in seen.iter_mut().zip(delays) {
                (*least, *most) = ((*least).min(delay), (*most).max(delay));
            }
        }
        for ([least, most], bound) in seen.into_iter().zip([100, 200, 300, 300, 300]) {
            assert!(
                least >= millis(50) && most <= millis(bound),
                "{least:?} to {most:?}"
            );
            let spread = most.saturating_sub(least);
            assert!(
                spread > millis((bound - 50) / 2),
                "{least:?} to {most:?} of {bound} ms"
            );
        }
    });
}

#[test]
fn not_after_a_trip_of_a_budget_around() {
    paused(|| {
        let attempts = Cell::new(0);
        let outcome = Budget::timeout(millis(100)).run(|| {
            Retry::attempts(5).run(|| {
                attempts.set(attempts.get() + 1);
                testing::advance(millis(101));
                checkpoint()
            })
        });
        assert!(outcome.unwrap().is_err());
        assert_eq!(attempts.get(), 1);
    });
}

#[test]
fn not_after_a_cancel() {
    paused(|| {
        let (attempts, token) = (Cell::new(0), CancelToken::new());
        let call = || {
            attempts.set(attempts.get() + 1);
            token.cancel("client gone");
            Err::<(), _>("its own error")
        };
        let around = Budget::new().cancel(token.clone());
        let outcome = around.run(|| Retry::attempts(5).run(call));
        assert_eq!(
            (outcome.unwrap(), attempts.get()),
            (Err("its own error"), 1)
        );
        // Also where the work was cancelled further in, and nobody around it was.
        let attempts = Cell::new(0);
        let call = || -> Result<(), Tripped> {
            attempts.set(attempts.get() + 1);
            Budget::new().cancel(token.clone()).run(checkpoint)?
        };
        assert!(Retry::attempts(5).run(call).is_err());
        assert_eq!(attempts.get(), 1);
    });
}

#[cfg(feature = "shutdown")]
#[test]
fn not_while_the_process_shuts_down() {
    use guard_runtime::shutdown::Shutdown;

    let shutdown = Shutdown::new().grace(millis(60_000));
    let tracker = shutdown.track();
    shutdown.begin("test");
    let attempts = Cell::new(0);
    let call = || {
        attempts.set(attempts.get() + 1);
        tracker.run(|| ())
    };
    let refused = Retry::attempts(5).run(call).unwrap_err();
    assert_eq!((refused.cause(), attempts.get()), (Cause::Shutdown, 1));
    assert!(shutdown.wait().is_clean());
}

#[test]
fn futures_are_made_again_after_a_delay() {
    paused(|| {
        let attempts = Cell::new(0);
        let call = async || {
            attempts.set(attempts.get() + 1);
            if attempts.get() < 3 {
                Err("busy")
            } else {
                Ok("done")
            }
        };
        let retry = Retry::attempts(3).delay(millis(100), millis(100));
        let mut future = Box::pin(retry.wrap(call));
        for attempt in 1..3 {
            assert!(poll(future.as_mut()).is_pending());
            assert_eq!(attempts.get(), attempt);
            testing::advance(millis(99));
            assert!(poll(future.as_mut()).is_pending());
            assert_eq!(attempts.get(), attempt, "the delay is not over");
            testing::advance(millis(1));
        }
        assert_eq!(poll(future.as_mut()), Poll::Ready(Ok("done")));
    });
}

#[test]
fn a_cancel_ends_the_delay_of_a_future() {
    paused(|| {
        let token = CancelToken::new();
        let retry = Retry::attempts(3).delay(millis(100), millis(100));
        let call = retry.wrap(async || Err::<(), _>("busy"));
        let budget = Budget::new().cancel(token.clone());
        let mut future = Box::pin(budget.wrap(call));
        assert!(poll(future.as_mut()).is_pending());
        token.cancel("client gone");
        let Poll::Ready(Err(tripped)) = poll(future.as_mut()) else {
            panic!("it was to end");
        };
        assert!(matches!(tripped.cause(), Cause::Cancelled { .. }));
    });
}

#[test]
fn after_a_trip_of_its_own_budget() {
    paused(|| {
        let attempts = Cell::new(0);
        let attempt = || -> Result<(), Tripped> {
            Budget::timeout(millis(10)).run(|| {
                attempts.set(attempts.get() + 1);
                testing::advance(millis(11));
                checkpoint()
            })?
        };
        let tripped = Retry::attempts(3).run(attempt).unwrap_err();
        assert!(matches!(tripped.cause(), Cause::Timeout { .. }));
        assert_eq!(attempts.get(), 3);
    });
}

#[test]
fn a_refused_call_is_made_again_when_it_has_a_chance() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(400)).successes(1);
        let retry = Retry::attempts(3).delay(millis(1), millis(1));
        for _ in 0..5 {
            crate::panics(|| {
                drop(breaker.run(|| std::panic::resume_unwind(Box::new("a failure"))));
            });
        }
        let took = time(|| {
            let outcome = retry.run(|| breaker.run(|| 7));
            assert_eq!(outcome.unwrap(), 7);
        });
        assert!(took >= millis(350) && took <= millis(400), "{took:?}");
        breaker.force_open();
        let refused = retry.run(|| breaker.run(|| 7)).unwrap_err();
        assert_eq!(
            refused.cause(),
            Cause::Refused {
                retry_after: Duration::MAX
            }
        );
    });
}

#[test]
fn of_a_thousand_calls_that_fail_a_fifth_is_made_again() {
    paused(|| {
        let attempts = Cell::new(0);
        let retry = Retry::attempts(3).delay(Duration::ZERO, Duration::ZERO);
        let took = time(|| {
            for _ in 0..1000 {
                assert!(retry.run(failing(&attempts)).is_err());
            }
        });
        assert!(took.is_zero());
        let retries = attempts.get() - 1000;
        assert!((200..=210).contains(&retries), "{retries}");
    });
}

#[test]
fn each_second_brings_ten_retries() {
    paused(|| {
        let attempts = Cell::new(0);
        let retry = Retry::attempts(1000).delay(Duration::ZERO, Duration::ZERO);
        let call = || assert!(retry.run(failing(&attempts)).is_err());
        call();
        assert_eq!(attempts.replace(0), 11);
        testing::advance(millis(500));
        call();
        assert!((5..=6).contains(&attempts.replace(0)));
    });
}
