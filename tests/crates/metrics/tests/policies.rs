//! The metrics of policies.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::policy::{Breaker, Bulkhead, Retry};
use guard_runtime::{Cause, Tripped};
use metrics_of_guards::{Exporter, value};

static LEDGER: Breaker = Breaker::new().named("policies::ledger").open_for(Duration::MAX);
static REPORTS: Bulkhead = Bulkhead::new(2).queue(1).named("policies::reports");

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Trips by its own budget.
fn hang() -> Result<(), Tripped> {
    guard_runtime::Budget::new().iterations(0).run(guard_runtime::checkpoint)?
}

/// Before any scope is open, and before a recorder is installed.
#[test]
fn policies_tell_their_states_and_what_they_did() {
    let [mut first, mut second] = [(); 2].map(|()| Box::pin(REPORTS.wrap(pending::<()>())));
    assert!(poll(first.as_mut()).is_pending() && poll(second.as_mut()).is_pending());
    let mut waits = Box::pin(REPORTS.wrap(pending::<()>()));
    assert!(poll(waits.as_mut()).is_pending());
    let Poll::Ready(Err(full)) = poll(pin!(REPORTS.wrap(pending::<()>()))) else {
        panic!("there is no place");
    };
    assert_eq!(full.cause(), Cause::Full);
    let exporter = Exporter::install();
    let permits = r#"loop_guard_bulkhead_permits{bulkhead="policies::reports"}"#;
    exporter.await_value(permits, |permits| permits == 2.0);

    LEDGER.run(|| ()).unwrap();
    let state = |state: &str| {
        format!(r#"loop_guard_breaker_state{{breaker="policies::ledger",state="{state}"}}"#)
    };
    exporter.await_value(&state("closed"), |closed| closed == 1.0);
    for _ in 0..5 {
        _ = LEDGER.run(hang);
    }
    for _ in 0..3 {
        LEDGER.run(hang).unwrap_err();
    }
    let mut calls = 0;
    let retry = Retry::attempts(3).delay(Duration::ZERO, Duration::ZERO);
    let line = line!() + 1;
    _ = retry.run(|| {
        calls += 1;
        Err::<(), ()>(())
    });
    assert_eq!(calls, 3);
    drop(waits);
    exporter.await_value(&state("open"), |open| open == 1.0);
    let waiting = r#"loop_guard_bulkhead_waiting{bulkhead="policies::reports"}"#;
    exporter.await_value(waiting, |waiting| waiting == 0.0);
    let file = file!();
    let retries = format!(r#"loop_guard_retries_total{{location="{file}:{line}:"#);
    // The metrics are published one after the other: those of the previous publication are complete once the next has
    // begun.
    drop(second);
    let held = r#"loop_guard_bulkhead_held{bulkhead="policies::reports"}"#;
    exporter.await_value(held, |held| held == 1.0);
    let text = exporter.scrape();
    let line = text.lines().find(|line| line.starts_with(&retries));
    let line = line.unwrap_or_else(|| panic!("{retries} in {text}"));
    assert!(line.ends_with(" 2"), "{line}");
    let (closed, half_open) = (state("closed"), state("half_open"));
    let expected = [
        (&*closed, 0.0),
        (&*half_open, 0.0),
        (r#"loop_guard_breaker_opened_total{breaker="policies::ledger"}"#, 1.0),
        (r#"loop_guard_fired_total{guard="policies::ledger",cause="refused"}"#, 3.0),
        (r#"loop_guard_fired_total{guard="policies::reports",cause="full"}"#, 1.0),
    ];
    for (series, expected) in expected {
        assert_eq!(value(&text, series), Some(expected), "{series}: {text}");
    }
    for name in [
        "breaker_state",
        "breaker_opened_total",
        "bulkhead_permits",
        "bulkhead_held",
        "bulkhead_waiting",
        "retries_total",
    ] {
        assert!(text.contains(&format!("# HELP loop_guard_{name} ")), "{name}: {text}");
    }
    those_of_one_name_come_and_go(&exporter);
}

/// Policies with one name are added up, and count as zero once they are dropped.
fn those_of_one_name_come_and_go(exporter: &Exporter) {
    let state = r#"loop_guard_breaker_state{breaker="policies::pool",state="closed"}"#;
    let pool = [(); 3].map(|()| Breaker::new().named("policies::pool"));
    for breaker in &pool {
        breaker.run(|| ()).unwrap();
    }
    exporter.await_value(state, |closed| closed == 3.0);
    drop(pool);
    exporter.await_value(state, |closed| closed == 0.0);
}
