//! Each metric, by name and labels.

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Mode, Tripped, checkpoint, loop_guard, set_mode};
use metrics_of_guards::{Exporter, value};

const MS: Duration = Duration::from_millis(1);

#[loop_guard(iterations = 10, name = "all::counted")]
fn counted() -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "1ms", name = "all::late")]
fn late() -> Result<(), Tripped> {
    loop {
        thread::sleep(MS);
    }
}

#[loop_guard(timeout = "1h", name = "all::off")]
fn off() {
    for _ in 0..3 {
        thread::yield_now();
    }
}

#[loop_guard(timeout = "1h", name = "all::future")]
async fn future(wait: bool) {
    for _ in 0..3 {
        thread::sleep(MS);
    }
    if wait {
        pending::<()>().await;
    }
}

/// Two guards with one name.
fn named(times: u32) {
    for _ in 0..times {
        _ = Budget::timeout(1000 * MS).named("all::named").run(|| ());
        _ = Budget::timeout(9000 * MS).named("all::named").run(|| ());
    }
}

#[test]
fn each_metric_has_its_name_and_labels() {
    set_mode("all::off", Mode::Off).unwrap();
    for _ in 0..3 {
        counted().unwrap_err();
        late().unwrap_err();
        off();
    }
    named(50);
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(future(false)).poll(&mut context).is_ready());
    let mut waits = pin!(future(true));
    assert!(waits.as_mut().poll(&mut context).is_pending());

    let exporter = Exporter::install();
    let (release, released) = mpsc::channel::<()>();
    let hanging = thread::spawn(move || {
        Budget::timeout(10 * MS).named("all::hangs").run(|| {
            _ = released.recv();
            checkpoint()
        })
    });
    // One scope hangs, and the future waits.
    exporter.await_value("loop_guard_active", |active| active == 2.0);
    exporter.await_value(r#"loop_guard_overdue_total{guard="all::hangs"}"#, |told| told == 1.0);
    drop(release);
    assert!(hanging.join().unwrap().unwrap().is_err());
    let last = r#"loop_guard_fired_total{guard="all::hangs",cause="timeout"}"#;
    exporter.await_value(last, |_| true);
    exporter.await_value("loop_guard_active", |active| active == 1.0);

    let text = exporter.scrape();
    let expected = [
        (
            r#"loop_guard_fired_total{guard="all::counted",cause="iterations"}"#,
            3.0,
        ),
        (
            r#"loop_guard_fired_total{guard="all::late",cause="timeout"}"#,
            3.0,
        ),
        (
            r#"loop_guard_fired_total{guard="all::hangs",cause="timeout"}"#,
            1.0,
        ),
        (r#"loop_guard_overdue_total{guard="all::hangs"}"#, 1.0),
        (r#"loop_guard_overdue_total{guard="all::late"}"#, 0.0),
        (r#"loop_guard_entered_total{guard="all::late"}"#, 3.0),
        (r#"loop_guard_entered_total{guard="all::named"}"#, 100.0),
        (r#"loop_guard_entered_total{guard="all::future"}"#, 2.0),
    ];
    for (series, expected) in expected {
        assert_eq!(value(&text, series), Some(expected), "{series}: {text}");
    }
    assert!(!text.contains("all::off"), "{text}");
    // The recorder does not get measurements from before it was installed.
    assert!(
        value(&text, "loop_guard_trip_latency_seconds_count") >= Some(1.0),
        "{text}"
    );
    let run = r#"loop_guard_run_seconds_sum{guard="all::hangs"}"#;
    assert!(value(&text, run) >= Some(1.0), "{text}");
    for name in [
        "entered_total",
        "fired_total",
        "overdue_total",
        "active",
        "run_seconds",
    ] {
        assert!(
            text.contains(&format!("# HELP loop_guard_{name} ")),
            "{name}: {text}"
        );
    }
}
