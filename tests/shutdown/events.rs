//! What the hook is told.

use std::sync::{Mutex, mpsc};
use std::thread;

use guard_runtime::shutdown::{Outcome, Shutdown};
use guard_runtime::{Event, add_hook};

use crate::{LONG, ms};

/// The events of every shutdown of this process, by its reason: all tests share one hook.
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[test]
fn phases_and_outcomes_in_order() {
    add_hook(|event| {
        let line = match event {
            Event::ShutdownPhase { phase, reason, .. } if reason == "of events" => {
                (*phase).to_owned()
            }
            Event::NodeStopped { node, outcome, .. } if node.starts_with("of events") => {
                assert!(event.to_string().contains(node), "{event}");
                format!("{node} {outcome}")
            }
            _ => return,
        };
        LINES.lock().unwrap().push(line);
    });
    let shutdown = Shutdown::new().grace(LONG);
    let (release, hang) = mpsc::channel::<()>();
    let database = shutdown.node("of events: database", ms(60_000), |_| ());
    let hangs = move |_: &_| _ = hang.recv();
    shutdown
        .node("of events: http", ms(10), hangs)
        .uses(&database);
    shutdown.flush("of events: log", || ());
    shutdown.begin("of events");
    assert_eq!(
        shutdown.wait().node("of events: http"),
        Some(Outcome::Overran)
    );
    drop(release);
    let expected = [
        "begun",
        "draining",
        "stopping",
        "of events: http overran",
        "of events: database done",
        "flushing",
        "of events: log done",
        "over",
    ];
    // The report waits a tenth of a second at most for those who are told.
    while LINES.lock().unwrap().len() < expected.len() {
        thread::yield_now();
    }
    assert_eq!(*LINES.lock().unwrap(), expected);
}

#[test]
fn a_hook_that_blocks_keeps_nobody_waiting() {
    let (release, hang) = mpsc::channel::<()>();
    let hang = Mutex::new(hang);
    add_hook(move |event| {
        if matches!(event, Event::ShutdownPhase { reason, phase: "begun", .. } if reason == "with a hook that blocks")
        {
            _ = hang.lock().unwrap().recv();
        }
    });
    let shutdown = Shutdown::new().grace(LONG);
    shutdown.node("work", ms(60_000), |_| ());
    let (flushed, flush) = mpsc::channel();
    shutdown.flush("log", move || flushed.send(()).unwrap());
    shutdown.begin("with a hook that blocks");
    flush.recv().unwrap();
    let waits = thread::spawn(move || shutdown.wait());
    assert!(waits.join().unwrap().is_clean());
    drop(release);
}
