//! What a snapshot tells of breakers and bulkheads, wherever they live.

use std::future::pending;
use std::panic::resume_unwind;
use std::pin::pin;
use std::time::Duration;

use guard_runtime::policy::{Breaker, BreakerStatus, Bulkhead, BulkheadStatus, Errors, State};
use guard_runtime::snapshot;

use crate::{millis, panics, paused, poll};

fn breaker(name: &str) -> Option<BreakerStatus> {
    let open = snapshot();
    let mut named = open.breakers().iter().filter(|one| one.name() == name);
    let found = named.next().cloned();
    assert!(named.next().is_none(), "one of them is {name}");
    found
}

fn bulkhead(name: &str) -> Option<BulkheadStatus> {
    let open = snapshot();
    let mut named = open.bulkheads().iter().filter(|one| one.name() == name);
    let found = named.next().cloned();
    assert!(named.next().is_none(), "one of them is {name}");
    found
}

fn fail(breaker: &Breaker) {
    panics(|| drop(breaker.run(|| resume_unwind(Box::new("a failure")))));
}

#[test]
fn a_breaker_in_each_of_its_states() {
    static LEDGER: Breaker = Breaker::new()
        .named("listed::ledger")
        .open_for(millis(1000))
        .successes(1);
    let ledger = || breaker("listed::ledger").expect("it was called");
    paused(|| {
        assert!(breaker("listed::ledger").is_none(), "nobody has called yet");
        (0..3).for_each(|_| LEDGER.run(|| ()).unwrap());
        (0..4).for_each(|_| fail(&LEDGER));
        let closed = ledger();
        assert_eq!(closed.state(), State::Closed);
        assert_eq!((closed.calls(), closed.failures()), (7, 4));
        assert_eq!(closed.retry_after(), None);
        assert_eq!(closed.to_string(), "closed, 4 of 7 calls failed");

        fail(&LEDGER);
        let open = ledger();
        assert_eq!((open.state(), open.calls()), (State::Open, 0));
        let left = open.retry_after().unwrap();
        assert!(left <= millis(1000) && left > millis(800), "{left:?}");
        assert!(open.to_string().starts_with("open for another "), "{open}");

        guard_runtime::testing::advance(millis(1000));
        assert_eq!(ledger().to_string(), "half-open, the next call is a probe");
        LEDGER
            .run(|| {
                let probed = ledger();
                assert_eq!(probed.state(), State::HalfOpen);
                assert!(probed.retry_after().is_some());
                assert_eq!(probed.to_string(), "half-open, a probe is under way");
            })
            .unwrap();
        assert_eq!(ledger().to_string(), "closed, 0 of 0 calls failed");

        LEDGER.force_open();
        assert_eq!(ledger().retry_after(), Some(Duration::MAX));
        assert_eq!(ledger().to_string(), "open, by hand");
        LEDGER.reset();
    });
}

#[test]
fn calls_that_have_left_the_window_are_not_told() {
    paused(|| {
        let breaker_of_a_second = Breaker::new()
            .window(millis(1000))
            .named("listed::a second");
        (0..3).for_each(|_| fail(&breaker_of_a_second));
        guard_runtime::testing::advance(millis(1100));
        breaker_of_a_second.run(|| ()).unwrap();
        let status = breaker("listed::a second").unwrap();
        assert_eq!((status.calls(), status.failures()), (1, 0));
    });
}

#[test]
fn a_bulkhead_with_a_queue() {
    let reports = Bulkhead::new(1).queue(2).named("listed::reports");
    assert!(bulkhead("listed::reports").is_none());
    let mut holder = Box::pin(reports.wrap(pending::<()>()));
    let mut waiter = Box::pin(reports.wrap(pending::<()>()));
    assert!(poll(holder.as_mut()).is_pending() && poll(waiter.as_mut()).is_pending());
    let status = bulkhead("listed::reports").unwrap();
    assert_eq!(
        (status.permits(), status.held(), status.waiting()),
        (1, 1, 1)
    );
    assert_eq!(status.to_string(), "1 of 1 permits held, 1 wait");
    drop(waiter);
    drop(holder);
    let status = bulkhead("listed::reports").unwrap();
    assert_eq!((status.held(), status.waiting()), (0, 0));
}

/// What is part of something else moves with it, and ends with it.
#[test]
fn policies_that_are_no_statics() {
    struct Client {
        breaker: Breaker,
        bulkhead: Bulkhead,
    }
    let client = Client {
        breaker: Breaker::new().named("listed::client"),
        bulkhead: Bulkhead::new(2).named("listed::client"),
    };
    client.breaker.run(|| ()).unwrap();
    client.bulkhead.run(|| ()).unwrap();
    let moved = Box::new(client);
    moved.breaker.run(|| ()).unwrap();
    assert_eq!(breaker("listed::client").unwrap().calls(), 2);
    moved
        .bulkhead
        .run(|| assert_eq!(bulkhead("listed::client").unwrap().held(), 1))
        .unwrap();
    drop(moved);
    assert!(breaker("listed::client").is_none());
    assert!(bulkhead("listed::client").is_none());

    // Thousands of them come and go.
    for _ in 0..10_000 {
        Breaker::new().named("listed::short").run(|| ()).unwrap();
    }
    assert!(breaker("listed::short").is_none());
    let kept: Vec<_> = (0..100)
        .map(|_| Breaker::new().named("listed::kept"))
        .collect();
    for one in &kept {
        one.run(|| ()).unwrap();
    }
    let listed = || {
        let open = snapshot();
        let all = open.breakers().iter();
        all.filter(|one| one.name() == "listed::kept").count()
    };
    assert_eq!(listed(), 100);
    drop(kept);
    assert_eq!(listed(), 0);
}

/// A judge that comes late keeps what was counted.
#[test]
fn settings_that_change_after_a_call() {
    let plain = Breaker::new().named("listed::judge");
    plain.run(|| ()).unwrap();
    let judging: Breaker<Errors<u32>> = plain.errors(|_| true).min_calls(2);
    assert_eq!(breaker("listed::judge").unwrap().calls(), 1);
    _ = judging.run(|| Err::<(), _>(7));
    assert_eq!(breaker("listed::judge").unwrap().state(), State::Open);
}

#[test]
fn the_table_fits_a_hundred_columns_whatever_the_names_are() {
    const LONG: &str = "listed::a_name_that_is_much_longer_than_any_column_could_be::and_goes_on";
    let breaker = Breaker::new().named(LONG).min_calls(u32::MAX);
    let bulkhead = Bulkhead::new(u32::MAX).named("listed::ü");
    breaker.run(|| ()).unwrap();
    let mut holder = pin!(bulkhead.wrap(pending::<()>()));
    assert!(poll(holder.as_mut()).is_pending());
    let table = snapshot().to_string();
    for line in table.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    let told = |name: &str, kind: &str, status: &str| {
        let mut lines = table.lines().filter(|line| line.contains(name));
        let line = lines.next().unwrap_or_else(|| panic!("{name} in {table}"));
        assert!(line.contains(kind) && line.ends_with(status), "{line}");
    };
    told("::and_goes_on", "breaker", "closed, 0 of 1 calls failed");
    told(
        "listed::ü",
        "bulkhead",
        "1 of 4294967295 permits held, 0 wait",
    );
}

#[cfg(feature = "serde")]
#[test]
fn policies_for_serde() {
    use serde_json::json;

    let ledger = Breaker::new().named("listed::json");
    let reports = Bulkhead::new(3).named("listed::json");
    let all = ledger.run(|| reports.run(snapshot)).unwrap().unwrap();
    let all = serde_json::to_value(all).unwrap();
    let named = |kind: &str| {
        let list = all[kind].as_array().unwrap();
        let found = list.iter().find(|one| one["name"] == "listed::json");
        found.unwrap_or_else(|| panic!("{kind} in {all}")).clone()
    };
    assert_eq!(
        named("breakers"),
        json!({"name": "listed::json", "state": "closed", "calls": 0, "failures": 0, "retry_after_ms": null})
    );
    assert_eq!(
        named("bulkheads"),
        json!({"name": "listed::json", "permits": 3, "held": 1, "waiting": 0})
    );
}
