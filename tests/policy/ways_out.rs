//! Every way in which a call can end, and how a breaker counts it.
//!
//! Each row runs twice, on a breaker that one failure opens and one success closes: as a call of the closed
//! breaker, and as the probe of the half-open one, where success, failure and neither lead to three different
//! states.

mod functions;

use std::future::{pending, poll_fn, ready};
use std::io;
use std::panic::resume_unwind;
use std::pin::pin;
use std::task::Poll;

use guard_runtime::policy::{Breaker, Bulkhead, Errors, Judge, State};
use guard_runtime::{Budget, CancelToken, Context, Tripped, checkpoint, loop_guard, testing};

use crate::{millis, panics, paused, poll};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Success,
    Failure,
    Neutral,
}
use Verdict::{Failure, Neutral, Success};

const fn breaker() -> Breaker {
    Breaker::new()
        .min_calls(1)
        .rate(0.01)
        .successes(1)
        .open_for(millis(50))
}

fn judging() -> Breaker<Errors<Fault>> {
    breaker().errors(|fault| matches!(fault, Fault::Theirs | Fault::Trip))
}

#[derive(Debug)]
enum Fault {
    Ours,
    Theirs,
    Trip,
}

impl From<Tripped> for Fault {
    fn from(_: Tripped) -> Self {
        Self::Trip
    }
}

fn fail_once<J: Judge<Result<(), Fault>>>(breaker: &Breaker<J>) {
    panics(|| drop(breaker.run(|| -> Result<(), Fault> { resume_unwind(Box::new("to open it")) })));
    assert_eq!(breaker.state(), State::Open);
}

/// How the breaker counts `call`.
#[track_caller]
fn check<J: Judge<Result<(), Fault>>>(
    name: &str,
    expected: Verdict,
    new: impl Fn() -> Breaker<J>,
    call: impl Fn(&Breaker<J>),
) {
    paused(|| {
        let closed = new();
        call(&closed);
        let opened = closed.state() == State::Open;
        assert_eq!(
            opened,
            expected == Failure,
            "{name}, while closed: {expected:?}"
        );

        let half_open = new();
        fail_once(&half_open);
        testing::advance(millis(50));
        call(&half_open);
        let expected_state = match expected {
            Success => State::Closed,
            Failure => State::Open,
            Neutral => State::HalfOpen,
        };
        assert_eq!(half_open.state(), expected_state, "{name}, as a probe");
        if expected == Neutral {
            let next = half_open.run(|| Ok(()));
            assert!(next.is_ok(), "{name}: the next probe is let through");
        }
    });
}

/// Runs in a budget of its own, of 10 ms, until that is spent.
fn hang() -> Result<(), Tripped> {
    Budget::timeout(millis(10)).run(|| {
        testing::advance(millis(11));
        checkpoint()
    })?
}

#[loop_guard(timeout = "10ms")]
fn hang_without_a_place_for_an_error() {
    loop {
        testing::advance(millis(1));
    }
}

#[loop_guard(iterations = 3)]
fn turn_too_often() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "10ms")]
async fn wait_too_long() -> Result<(), Tripped> {
    pending().await
}

/// Runs `call` in a budget of 100 ms, of which `gone` are used when it begins.
fn within_100_ms(gone: u64, call: impl FnOnce()) {
    let outcome = Budget::timeout(millis(100)).run(|| {
        testing::advance(millis(gone));
        call();
    });
    drop(outcome);
}

#[test]
fn calls_that_return() {
    check("a value", Success, breaker, |b| {
        assert_eq!(b.run(|| Ok::<_, Fault>(())).unwrap().unwrap(), ());
    });
    check("an error that nobody judges", Success, breaker, |b| {
        drop(b.run(|| Err::<(), _>(Fault::Theirs)));
    });
    check("an error that counts", Failure, judging, |b| {
        drop(b.run(|| Err::<(), _>(Fault::Theirs)));
    });
    check("an error that does not count", Success, judging, |b| {
        drop(b.run(|| Err::<(), _>(Fault::Ours)));
    });
}

#[test]
fn calls_that_panic() {
    check("a panic", Failure, breaker, |b| {
        panics(|| drop(b.run(|| resume_unwind(Box::new("a panic")) as Result<(), Fault>)));
    });
    check("a panic in a poll", Failure, breaker, |b| {
        panics(|| {
            let panicking = poll_fn(|_| resume_unwind(Box::new("a panic")) as Poll<()>);
            drop(poll(pin!(b.wrap(panicking))));
        });
    });
}

#[test]
fn calls_that_trip_by_a_budget_of_their_own() {
    check("returned as an error", Failure, breaker, |b| {
        drop(b.run(hang).unwrap().unwrap_err());
    });
    check("as an error of another type", Failure, judging, |b| {
        drop(b.run(|| Ok(hang()?)).unwrap().map_err(|fault: Fault| fault));
    });
    check("unwinding", Failure, breaker, |b| {
        assert!(b.run(hang_without_a_place_for_an_error).is_err());
    });
    check("by iterations", Failure, breaker, |b| {
        drop(b.run(turn_too_often));
    });
    check("further in, and caught there", Success, breaker, |b| {
        let outer = Budget::timeout(millis(1000));
        b.run(|| outer.run(|| drop(hang()))).unwrap().unwrap();
    });
    check("while it waits", Failure, breaker, |b| {
        let mut future = pin!(b.wrap(wait_too_long()));
        assert!(poll(future.as_mut()).is_pending());
        testing::advance(millis(11));
        assert!(matches!(poll(future), Poll::Ready(Ok(Err(_)))));
    });
}

#[test]
fn calls_that_are_cut_from_outside() {
    for (gone, expected) in [(0, Failure), (49, Failure), (60, Neutral)] {
        check("by a trip", expected, breaker, |b| {
            within_100_ms(gone, || {
                drop(b.run(|| {
                    testing::advance(millis(101 - gone));
                    checkpoint()
                }));
            });
        });
        check("unwinding from a trip", expected, breaker, |b| {
            within_100_ms(gone, || {
                drop(b.run(|| inherited(101 - gone)));
            });
        });
        check("by nobody, but late", expected, breaker, |b| {
            within_100_ms(gone, || {
                b.run(|| testing::advance(millis(101 - gone))).unwrap();
            });
        });
    }
    check("by a scope far out", Neutral, breaker, |b| {
        within_100_ms(0, || {
            drop(Budget::timeout(millis(1000)).run(|| {
                drop(b.run(|| {
                    testing::advance(millis(101));
                    checkpoint()
                }));
            }));
        });
    });
    check("before it began", Neutral, breaker, |b| {
        within_100_ms(101, || {
            let called = std::cell::Cell::new(false);
            assert!(b.run(|| called.set(true)).is_err());
            assert!(!called.get());
        });
    });
}

#[loop_guard(inherit)]
fn inherited(step: u64) {
    loop {
        testing::advance(millis(step));
    }
}

#[test]
fn futures_that_are_dropped() {
    check("without a budget", Failure, breaker, |b| {
        assert!(poll(pin!(b.wrap(pending::<()>()))).is_pending());
    });
    check("before their first poll", Neutral, breaker, |b| {
        drop(b.wrap(pending::<()>()));
    });
    for (ran, expected) in [(51, Failure), (20, Neutral)] {
        check("by whoever polls", expected, breaker, |b| {
            let mut future = Box::pin(guarded(b));
            assert!(poll(future.as_mut()).is_pending());
            testing::advance(millis(ran));
            drop(future);
        });
    }
    check("at their deadline", Failure, breaker, |b| {
        let mut future = Box::pin(guarded(b));
        assert!(poll(future.as_mut()).is_pending());
        testing::advance(millis(101));
        assert!(matches!(poll(future.as_mut()), Poll::Ready(Err(_))));
    });
    check("ready", Success, breaker, |b| {
        assert!(matches!(poll(pin!(b.wrap(ready(())))), Poll::Ready(Ok(()))));
    });
}

#[loop_guard(timeout = "100ms")]
async fn guarded(breaker: &Breaker) -> Result<(), Tripped> {
    breaker.wrap(pending()).await
}

#[test]
fn calls_that_another_policy_refuses() {
    let open = Breaker::new();
    open.force_open();
    check("by value", Neutral, breaker, |b| {
        drop(b.run(|| open.run(|| ())).unwrap().unwrap_err());
    });
    check("as an error that counts", Neutral, judging, |b| {
        drop(b.run(|| Ok(open.run(|| ())?)));
    });
    check("while polled", Neutral, breaker, |b| {
        let outcome = poll(pin!(b.wrap(open.wrap(ready(())))));
        assert!(matches!(outcome, Poll::Ready(Ok(Err(_)))));
    });
}

fn cancelled() -> CancelToken {
    let token = CancelToken::new();
    token.cancel("client gone");
    token
}

#[test]
fn calls_that_somebody_stopped() {
    check("by a token of its own", Neutral, breaker, |b| {
        drop(b.run(|| Budget::new().cancel(cancelled()).run(checkpoint)));
    });
    check("by one, as an error that counts", Neutral, judging, |b| {
        drop(b.run(|| Ok(Budget::new().cancel(cancelled()).run(checkpoint)??)));
    });
    check("by a token around", Neutral, breaker, |b| {
        let token = CancelToken::new();
        drop(Budget::new().cancel(token.clone()).run(|| {
            b.run(|| {
                token.cancel("client gone");
                checkpoint()
            })
        }));
    });
    check("by one, unwinding", Neutral, breaker, |b| {
        let token = CancelToken::new();
        drop(Budget::new().cancel(token.clone()).run(|| {
            b.run(|| {
                token.cancel("client gone");
                inherited(0);
            })
        }));
    });
    check("by one, while it waits", Neutral, breaker, |b| {
        let token = CancelToken::new();
        let budget = Budget::timeout(millis(100)).cancel(token.clone());
        let mut future = pin!(budget.wrap(b.wrap(pending::<()>())));
        assert!(poll(future.as_mut()).is_pending());
        // It has run for more than half of its time.
        testing::advance(millis(60));
        token.cancel("client gone");
        assert!(matches!(poll(future), Poll::Ready(Err(_))));
    });
    check("by the end of its scope", Neutral, judging, |b| {
        let ended = Budget::new().run(Context::current).unwrap();
        drop(b.run(|| Ok(ended.run(checkpoint)?)));
    });
    check("by a bulkhead", Neutral, breaker, |b| {
        drop(b.run(|| Bulkhead::new(0).run(|| ())));
    });
}

#[test]
fn calls_that_trip_by_other_budgets_of_their_own() {
    check("by depth", Failure, breaker, |b| {
        drop(b.run(|| Budget::new().depth(0).run(|| ())));
    });
    check("by all of several", Failure, breaker, |b| {
        let both = Budget::timeout(millis(10)).iterations(1).all();
        let call = || {
            testing::advance(millis(11));
            checkpoint().and_then(|()| checkpoint())
        };
        drop(b.run(|| both.run(call)));
    });
}

#[test]
fn the_judge_may_be_told_of_any_type() {
    static DISK: Breaker<Errors<io::Error>> = Breaker::new().errors(|_| true).min_calls(1);
    let text = String::from("borrowed");
    let outcome: Result<&str, io::Error> = DISK.run(|| Ok(text.as_str())).unwrap();
    assert_eq!(outcome.unwrap(), "borrowed");
    assert_eq!(DISK.state(), State::Closed);
}
