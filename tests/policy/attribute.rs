//! Policies as arguments of the attribute.

use std::cell::Cell;
use std::future::pending;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use guard_runtime::policy::{Breaker, Bulkhead, Errors, Retry, State};
use guard_runtime::{Cause, Exit, Tripped, loop_guard, testing};

use crate::{millis, panics, paused, poll};

const RETRY: Retry = Retry::attempts(3).delay(millis(10), millis(10));

#[derive(Debug, PartialEq)]
enum Fault {
    Down,
    Tripped(Cause),
}

impl From<Tripped> for Fault {
    fn from(tripped: Tripped) -> Self {
        Self::Tripped(tripped.cause())
    }
}

/// Opens after one failure, and closes after one success.
const fn strict() -> Breaker {
    Breaker::new()
        .min_calls(1)
        .rate(0.01)
        .successes(1)
        .open_for(millis(100))
}

#[test]
fn a_function_with_a_breaker() {
    static SETTLEMENTS: Breaker = strict();

    #[loop_guard(timeout = "1s", breaker = SETTLEMENTS)]
    fn settle(step: u64, turns: &mut u32) -> Result<u32, Fault> {
        if step == 0 {
            return Err(Fault::Down);
        }
        while *turns < 3 {
            *turns += 1;
            testing::advance(millis(step));
        }
        Ok(*turns)
    }

    paused(|| {
        assert_eq!(settle(1, &mut 0), Ok(3));
        assert_eq!(settle(0, &mut 0), Err(Fault::Down));
        assert_eq!(SETTLEMENTS.state(), State::Closed, "nobody judges errors");
        let tripped = settle(600, &mut 0);
        assert!(matches!(
            tripped,
            Err(Fault::Tripped(Cause::Timeout { .. }))
        ));
        assert_eq!(SETTLEMENTS.state(), State::Open);
        let refused = settle(1, &mut 0);
        assert!(matches!(
            refused,
            Err(Fault::Tripped(Cause::Refused { .. }))
        ));
        testing::advance(millis(100));
        assert_eq!(settle(1, &mut 0), Ok(3));
        assert_eq!(SETTLEMENTS.state(), State::Closed);
    });
}

#[test]
fn an_overdue_return_is_a_failure() {
    static SLOW: Breaker = strict();

    #[loop_guard(timeout = "1s", breaker = SLOW)]
    fn slow() -> Result<(), Tripped> {
        testing::advance(millis(1001));
        Ok(())
    }

    paused(|| {
        assert!(slow().is_ok());
        assert_eq!(SLOW.state(), State::Open);
    });
}

#[test]
fn errors_by_choice_and_references_to_breakers() {
    struct Client {
        breaker: Breaker<Errors<Fault>>,
        calls: Cell<u32>,
    }

    impl Client {
        #[loop_guard(timeout = "1s", breaker = self.breaker)]
        fn call<'a>(&self, text: &'a mut String) -> Result<&'a str, Fault> {
            self.calls.set(self.calls.get() + 1);
            for _ in 0..2 {
                text.push('!');
            }
            if text.len() > 4 {
                Err(Fault::Down)
            } else {
                Ok(text.as_str())
            }
        }
    }

    let client = Client {
        breaker: strict().errors(|fault| *fault == Fault::Down),
        calls: Cell::new(0),
    };
    let mut text = String::from("a");
    assert_eq!(client.call(&mut text), Ok("a!!"));
    assert_eq!(client.call(&mut text), Err(Fault::Down));
    assert!(matches!(
        client.call(&mut text),
        Err(Fault::Tripped(Cause::Refused { .. }))
    ));
    assert_eq!(client.calls.get(), 2);
}

#[test]
fn every_way_to_leave() {
    static OPEN: Breaker = Breaker::new();

    #[loop_guard(timeout = "1s", breaker = OPEN)]
    fn panics_when_refused() -> u32 {
        7
    }

    #[loop_guard(timeout = "1s", breaker = OPEN, fallback = 0)]
    fn zero_when_refused(step: u64) -> u32 {
        loop {
            testing::advance(millis(step));
        }
    }

    #[loop_guard(timeout = "1s", iterations = 5, breaker = OPEN, fallback = |tripped| tripped.to_string())]
    fn report(turns: u32) -> String {
        for turn in 0..turns {
            std::hint::black_box(turn);
        }
        String::from("done")
    }

    #[loop_guard(timeout = "1s", breaker = OPEN, cleanup = |exit| last.set(matches!(exit, Exit::Tripped(_))))]
    fn cleaned(last: &Cell<bool>) -> Result<(), Tripped> {
        Ok(())
    }

    paused(|| {
        let last = Cell::new(false);
        assert_eq!(panics_when_refused(), 7);
        assert_eq!(zero_when_refused(300), 0);
        assert_eq!(report(3), "done");
        assert!(report(6).contains("ran out of iterations: 5 allowed"));
        assert!(cleaned(&last).is_ok() && !last.get());
        OPEN.force_open();
        panics(|| assert_eq!(panics_when_refused(), 7));
        assert_eq!(zero_when_refused(300), 0);
        assert!(report(3).contains("it was opened by hand"));
        assert!(
            cleaned(&last).is_err() && last.get(),
            "the cleanup is told why"
        );
    });
}

#[test]
fn a_function_with_a_bulkhead() {
    static ONE: Bulkhead = Bulkhead::new(1);

    #[loop_guard(timeout = "1s", bulkhead = ONE)]
    fn nested(depth: u32) -> Result<u32, Tripped> {
        assert_eq!(ONE.available(), 0);
        if depth == 0 {
            Ok(0)
        } else {
            Ok(1 + nested(depth - 1)?)
        }
    }

    #[loop_guard(timeout = "1s", bulkhead = ONE)]
    async fn waits() -> Result<(), Tripped> {
        pending().await
    }

    assert_eq!(nested(5).unwrap(), 5);
    let mut waiting = Box::pin(waits());
    assert!(poll(waiting.as_mut()).is_pending());
    assert_eq!(nested(5).unwrap_err().cause(), Cause::Full);
    drop(waiting);
    assert_eq!(nested(5).unwrap(), 5);
}

#[test]
fn a_function_that_is_called_again() {
    #[loop_guard(timeout = "1s", retry = RETRY)]
    fn third_time(calls: &Cell<u32>) -> Result<u32, Fault> {
        calls.set(calls.get() + 1);
        if calls.get() < 3 {
            return Err(Fault::Down);
        }
        Ok(calls.get())
    }

    #[loop_guard(timeout = "1s", retry = Retry::attempts(10).delay(millis(600), millis(600)))]
    fn never(calls: &Cell<u32>) -> Result<(), Fault> {
        calls.set(calls.get() + 1);
        Err(Fault::Down)
    }

    paused(|| {
        let calls = Cell::new(0);
        assert_eq!(third_time(&calls), Ok(3));
        let calls = Cell::new(0);
        assert_eq!(never(&calls), Err(Fault::Down), "and not the timeout");
        assert_eq!(calls.get(), 2);
    });
}

#[test]
fn attempts_with_a_timeout() {
    #[loop_guard(timeout = "1s", attempt_timeout = "100ms", retry = RETRY)]
    fn hangs_twice(calls: &Cell<u32>) -> Result<u32, Fault> {
        calls.set(calls.get() + 1);
        while calls.get() < 3 {
            testing::advance(millis(10));
        }
        Ok(calls.get())
    }

    #[loop_guard(timeout = "1s", attempt_timeout = "100ms", retry = RETRY, fallback = |tripped| tripped.to_string())]
    fn always_hangs(calls: &Cell<u32>) -> String {
        calls.set(calls.get() + 1);
        loop {
            testing::advance(millis(10));
        }
    }

    paused(|| {
        let calls = Cell::new(0);
        assert_eq!(hangs_twice(&calls), Ok(3));
        let calls = Cell::new(0);
        let report = always_hangs(&calls);
        assert!(
            report.contains("always_hangs") && report.contains("100ms allowed"),
            "{report}"
        );
        assert_eq!(calls.get(), 3);
    });
}

#[test]
fn all_of_them_in_their_order() {
    static BREAKER: Breaker<Errors<Fault>> = Breaker::new()
        .errors(|fault: &Fault| *fault == Fault::Down)
        .open_for(Duration::from_secs(3600));
    static BULKHEAD: Bulkhead = Bulkhead::new(1);

    #[loop_guard(
        timeout = "10s",
        retry = Retry::attempts(8).delay(millis(10), millis(10)),
        breaker = BREAKER,
        bulkhead = BULKHEAD,
        fallback = Ok(0)
    )]
    fn all(calls: &Cell<u32>) -> Result<u32, Fault> {
        calls.set(calls.get() + 1);
        assert_eq!(BULKHEAD.available(), 0);
        Err(Fault::Down)
    }

    paused(|| {
        let calls = Cell::new(0);
        // The breaker opens while attempts are made, and the next one is refused.
        assert_eq!(all(&calls), Ok(0));
        assert_eq!(calls.get(), 5);
        assert_eq!(BREAKER.state(), State::Open);
    });
}

#[test]
fn futures() {
    static BREAKER: Breaker = strict();

    #[loop_guard(timeout = "100ms", breaker = BREAKER)]
    async fn waits(name: String) -> Result<String, Tripped> {
        if name.is_empty() {
            pending::<()>().await;
        }
        Ok(name)
    }

    #[loop_guard(timeout = "1s", retry = RETRY, attempt_timeout = "100ms", fallback = 7)]
    async fn attempts(calls: &Cell<u32>) -> u32 {
        calls.set(calls.get() + 1);
        if calls.get() < 3 {
            pending::<()>().await;
        }
        calls.get()
    }

    paused(|| {
        let outcome = poll(pin!(waits(String::from("ready"))));
        assert!(matches!(outcome, Poll::Ready(Ok(name)) if name == "ready"));
        let mut waiting = Box::pin(waits(String::new()));
        assert!(poll(waiting.as_mut()).is_pending());
        testing::advance(millis(101));
        assert!(matches!(poll(waiting.as_mut()), Poll::Ready(Err(_))));
        assert_eq!(BREAKER.state(), State::Open, "the trip is its own");
        let Poll::Ready(Err(refused)) = poll(pin!(waits(String::new()))) else {
            panic!("it is open");
        };
        assert!(matches!(refused.cause(), Cause::Refused { .. }));

        let calls = Cell::new(0);
        let mut future = Box::pin(attempts(&calls));
        for attempt in 1..3 {
            assert!(poll(future.as_mut()).is_pending());
            assert_eq!(calls.get(), attempt);
            testing::advance(millis(101));
            assert!(poll(future.as_mut()).is_pending(), "a delay");
            testing::advance(millis(10));
        }
        assert_eq!(poll(future.as_mut()), Poll::Ready(3));
    });
}
