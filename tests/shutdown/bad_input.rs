//! Misuse that nobody should attempt has a documented outcome as well.

use std::env;
use std::process::{Command, Stdio};

use guard_runtime::checkpoint;
use guard_runtime::shutdown::{Outcome, Shutdown};

use crate::{LONG, ms};

#[test]
fn a_grace_of_zero_stops_what_is_in_flight_at_once() {
    let shutdown = Shutdown::new().grace(ms(0));
    let tracker = shutdown.track();
    let begun = shutdown.clone();
    let tripped = tracker.run(|| {
        begun.begin("test");
        loop {
            if let Err(tripped) = checkpoint() {
                break tripped;
            }
        }
    });
    assert!(tripped.unwrap().to_string().contains("shuts down"));
    _ = shutdown.wait();
    assert_eq!(shutdown.in_flight(), 0);
}

const SCENARIO: &str = "GRACE_SCENARIO";

/// The child's side; as a test of the parent it does nothing.
#[test]
fn child() {
    let Ok(expected) = env::var(SCENARIO) else {
        return;
    };
    let expected = format!("grace: {expected},");
    for shutdown in [Shutdown::new(), Shutdown::new()] {
        let seen = format!("{shutdown:?}");
        assert!(seen.contains(&expected), "{seen}");
    }
}

/// What a process whose `LOOP_GUARD_GRACE` is this text says of it, if its graces are `expected`.
fn told_of_grace(text: &str, expected: &str) -> Vec<String> {
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "bad_input::child", "--nocapture"])
        .env("LOOP_GUARD_GRACE", text)
        .env(SCENARIO, expected)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8(child.stderr).unwrap();
    assert!(child.status.success(), "{told}");
    let lines = told
        .lines()
        .filter(|line| line.contains("LOOP_GUARD_GRACE"));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_grace_of_the_environment_that_is_no_duration_is_told_once_and_ignored() {
    assert_eq!(told_of_grace("1m 30s", "90s"), [""; 0]);
    for text in ["soon", "", "25", "-1s", "s\n10"] {
        let told = told_of_grace(text, "10s");
        assert_eq!(told.len(), 1, "{text:?}: {told:?}");
        assert!(told[0].contains("is not a duration") && told[0].ends_with("ignored"));
    }
}

#[test]
fn a_node_may_wait_for_its_own_shutdown_and_is_cut_or_overruns() {
    let shutdown = Shutdown::new().grace(ms(300));
    let waits = shutdown.clone();
    shutdown.node("waits", ms(20), move |_| waits.wait().is_clean());
    shutdown.begin("test");
    assert_eq!(shutdown.wait().node("waits"), Some(Outcome::Overran));
}

#[test]
fn a_tracked_scope_that_waits_for_the_shutdown_does_not_hold_it_up_for_ever() {
    let shutdown = Shutdown::new().grace(ms(300)).drain(ms(10));
    let (tracker, waits) = (shutdown.track(), shutdown.clone());
    let report = tracker.run(|| {
        waits.begin("test");
        waits.wait()
    });
    // It came to no check; its entry was long before.
    let report = report.unwrap();
    assert_eq!(
        report
            .in_flight()
            .map(guard_runtime::shutdown::Row::outcome),
        Some(Outcome::Overran)
    );
}

#[test]
fn a_stop_that_panics_while_it_makes_its_future() {
    let shutdown = Shutdown::new().grace(LONG);
    let panics = |_| -> std::future::Ready<()> { panic!("no future") };
    shutdown.node_async("queue", ms(60_000), panics);
    shutdown.begin("test");
    let report = shutdown.wait();
    assert_eq!(report.node("queue"), Some(Outcome::Panicked));
    assert!(report.to_string().contains("no future"), "{report}");
}

#[test]
fn names_that_stand_twice_and_none_at_all() {
    let shutdown = Shutdown::new().grace(LONG);
    shutdown.node("", ms(60_000), |_| ());
    shutdown.node("same", ms(60_000), |_| ());
    shutdown.node("same", ms(60_000), |_| panic!("the second"));
    shutdown.begin("");
    let report = shutdown.wait();
    assert_eq!(report.node("same"), Some(Outcome::Done), "the first");
    assert_eq!(report.node(""), Some(Outcome::Done));
    assert_eq!(report.nodes().count(), 3);
    assert!(!report.is_clean());
}
