//! What the hook is told about policies.

use std::pin::pin;
use std::sync::Mutex;

use guard_runtime::policy::{Breaker, Bulkhead, PolicyEvent, Retry, State};
use guard_runtime::{Event, testing};
use harness::events;

use crate::{millis, panics, paused, poll};

/// What was told on this thread while `f` ran: changes of state, and everything else that is no trip.
fn told(f: impl FnOnce()) -> Vec<String> {
    events::take();
    f();
    let told = events::take();
    told.into_iter()
        .filter_map(|event| event.strip_prefix("loop guard: ").map(str::to_owned))
        .filter(|event| !event.contains("refused the call"))
        .collect()
}

fn fail(breaker: &Breaker) {
    panics(|| drop(breaker.run(|| std::panic::resume_unwind(Box::new("to open it")))));
}

#[test]
fn each_change_of_state_is_told_once_and_in_order() {
    paused(|| {
        let breaker = Breaker::new()
            .open_for(millis(50))
            .successes(2)
            .named("ledger");
        let whole_life = told(|| {
            for _ in 0..5 {
                fail(&breaker);
            }
            _ = breaker.run(|| ());
            testing::advance(millis(50));
            fail(&breaker);
            testing::advance(millis(100));
            for _ in 0..3 {
                breaker.run(|| ()).unwrap();
            }
        });
        assert_eq!(
            whole_life,
            [
                "breaker ledger is open, and was closed",
                "breaker ledger is half-open, and was open",
                "breaker ledger is open, and was half-open",
                "breaker ledger is half-open, and was open",
                "breaker ledger is closed, and was half-open",
            ]
        );
        let by_hand = told(|| {
            breaker.force_open();
            breaker.force_open();
            breaker.reset();
            breaker.reset();
        });
        assert_eq!(
            by_hand,
            [
                "breaker ledger is open, and was closed",
                "breaker ledger is closed, and was open",
            ]
        );
    });
}

#[test]
fn retries_and_queues_are_told() {
    paused(|| {
        let mut left = 3;
        let retried = told(|| {
            let retry = Retry::attempts(3).delay(millis(4), millis(4));
            _ = retry.run(|| {
                left -= 1;
                if left == 0 { Ok(()) } else { Err(()) }
            });
        });
        assert_eq!(retried.len(), 2, "{retried:?}");
        assert!(retried[0].starts_with("the retry at tests/policy/events.rs:"));
        assert!(
            retried[0].ends_with("makes attempt 2 after 4.000ms"),
            "{retried:?}"
        );
        assert!(retried[1].contains("attempt 3"));

        let reports = Bulkhead::new(1).queue(2).named("reports");
        let queued = told(|| {
            let mut first = pin!(reports.wrap(std::future::pending::<()>()));
            assert!(poll(first.as_mut()).is_pending());
            let mut second = pin!(reports.wrap(async {}));
            assert!(poll(second.as_mut()).is_pending());
            let mut third = pin!(reports.wrap(async {}));
            assert!(poll(third.as_mut()).is_pending());
            // It is waiting already, and does not begin to wait again.
            assert!(poll(third.as_mut()).is_pending());
        });
        assert_eq!(
            queued,
            ["1 wait for bulkhead reports", "2 wait for bulkhead reports"]
        );
    });
}

/// The hook may use the breaker that it is told about.
#[test]
fn the_hook_may_call_what_it_is_told_of() {
    static LEDGER: Breaker = Breaker::new().named("asked by its hook");
    static SEEN: Mutex<Vec<State>> = Mutex::new(Vec::new());
    paused(|| {
        events::then(Some(|event| {
            if let Event::Policy(PolicyEvent::BreakerChanged { name, to, .. }) = event {
                assert_eq!((*name, LEDGER.state()), ("asked by its hook", *to));
                SEEN.lock().unwrap().push(*to);
            }
        }));
        LEDGER.force_open();
        LEDGER.reset();
        events::then(None);
        assert_eq!(*SEEN.lock().unwrap(), [State::Open, State::Closed]);
    });
}
