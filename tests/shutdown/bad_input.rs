//! Misuse that nobody should attempt has a documented outcome as well.

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
