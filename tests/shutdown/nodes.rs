//! Shutdowns without signals: the order, the budgets, what is reported.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use guard_runtime::shutdown::{Outcome, Shutdown};
use guard_runtime::{checkpoint, loop_guard};

use crate::{LONG, in_time, ms};

/// Names, in the order in which they were noted.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn note(&self, name: &'static str) -> impl FnOnce() + Send + 'static {
        let log = self.clone();
        move || log.0.lock().unwrap().push(name)
    }

    fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

#[loop_guard(inherit, on_trip = "panic")]
fn spin() {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn users_end_before_what_they_use_and_flushes_come_last() {
    let (shutdown, log) = (Shutdown::new().grace(LONG), Log::default());
    let note = |name| {
        let note = log.note(name);
        move |_: &_| note()
    };
    shutdown.flush("log", log.note("log"));
    let database = shutdown.node("database", ms(60_000), note("database"));
    let queue = shutdown
        .node("queue", ms(60_000), note("queue"))
        .uses(&database);
    shutdown.node("http", ms(60_000), note("http")).uses(&queue);
    assert!(!shutdown.is_draining());
    shutdown.begin("test");
    assert!(shutdown.is_draining());
    let report = shutdown.wait();
    assert_eq!(log.names(), ["http", "queue", "database", "log"]);
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.reason().as_str(), "test");
    assert_eq!(report.node("nobody"), None);
}

#[test]
fn a_node_is_cut_at_its_next_check_and_those_behind_it_start() {
    let report = in_time(|| {
        let shutdown = Shutdown::new().grace(LONG);
        let database = shutdown.node("database", ms(60_000), |_| ());
        shutdown.node("http", ms(50), |_| spin()).uses(&database);
        shutdown
            .node("polite", ms(50), |_| {
                while checkpoint().is_ok() {
                    thread::sleep(ms(1));
                }
            })
            .uses(&database);
        shutdown.begin("test");
        shutdown.wait()
    });
    assert_eq!(report.node("http"), Some(Outcome::Cut));
    assert_eq!(report.node("polite"), Some(Outcome::Cut));
    assert_eq!(report.node("database"), Some(Outcome::Done));
    let http = report.nodes().find(|row| row.name() == "http").unwrap();
    let message = http.message().unwrap();
    assert!(
        message.contains("http") && message.contains("50ms allowed"),
        "{message}"
    );
    assert!(http.took().unwrap() > ms(50));
    assert!(!report.is_clean());
}

#[test]
fn a_node_that_hangs_is_reported_and_skips_nobody() {
    let (release, hang) = mpsc::channel::<()>();
    let shutdown = Shutdown::new().grace(LONG);
    let database = shutdown.node("database", ms(60_000), |_| ());
    shutdown
        .node("http", ms(30), move |_| _ = hang.recv())
        .uses(&database);
    shutdown.begin("test");
    let report = shutdown.wait();
    assert_eq!(report.node("http"), Some(Outcome::Overran));
    assert_eq!(report.node("database"), Some(Outcome::Done));
    drop(release);
}

#[test]
fn a_panic_is_an_outcome() {
    let shutdown = Shutdown::new().grace(LONG);
    let database = shutdown.node("database", ms(60_000), |_| ());
    shutdown
        .node("http", ms(60_000), |_| panic!("no socket"))
        .uses(&database);
    shutdown.flush("log", || panic!("no disk"));
    shutdown.flush("metrics", || ());
    shutdown.begin("test");
    let report = shutdown.wait();
    assert_eq!(report.node("http"), Some(Outcome::Panicked));
    assert_eq!(report.node("database"), Some(Outcome::Done));
    let rows: Vec<_> = report
        .flushes()
        .map(|row| (row.name(), row.outcome(), row.message()))
        .collect();
    assert_eq!(
        rows,
        [
            ("log", Outcome::Panicked, Some("no disk")),
            ("metrics", Outcome::Done, None)
        ]
    );
    assert!(report.to_string().contains("no socket"), "{report}");
}

#[test]
fn independent_nodes_are_stopped_at_once() {
    let shutdown = Shutdown::new().grace(LONG);
    let (meet, all) = (
        Arc::new(std::sync::Barrier::new(4)),
        Arc::new(AtomicU32::new(0)),
    );
    for name in ["a", "b", "c", "d"] {
        let (meet, all) = (Arc::clone(&meet), Arc::clone(&all));
        shutdown.node(name, ms(60_000), move |_| {
            meet.wait(); // comes back only if all four run at once
            all.fetch_add(1, Ordering::Relaxed);
        });
    }
    shutdown.begin("test");
    assert!(shutdown.wait().is_clean());
    assert_eq!(all.load(Ordering::Relaxed), 4);
}

#[test]
fn four_nodes_of_a_second_take_little_more() {
    // By how much is exact where the plan is tested. Here the machine may be slow.
    let shutdown = Shutdown::new().grace(LONG);
    for name in ["a", "b", "c", "d"] {
        shutdown.node(name, ms(60_000), |_| thread::sleep(ms(1_000)));
    }
    shutdown.begin("test");
    let report = shutdown.wait();
    println!("{:?}", report.took());
    assert!(report.is_clean(), "{report}");
    assert!((ms(1_000)..ms(60_000)).contains(&report.took()));
    let ends: Vec<_> = report
        .nodes()
        .map(|row| row.started() + row.took().unwrap())
        .collect();
    let first = ends.iter().min().unwrap();
    assert!(
        report.nodes().all(|row| row.started() < *first),
        "not one behind the other: {report}"
    );
}

#[test]
fn flush_hooks_start_before_the_grace_is_over_whatever_hangs() {
    let (release, hang) = mpsc::channel::<()>();
    let shutdown = Shutdown::new().grace(ms(200));
    shutdown.node("http", ms(60_000), move |_| _ = hang.recv());
    let (flushed, when) = mpsc::channel();
    shutdown.flush("log", move || flushed.send(Instant::now()).unwrap());
    let began = Instant::now();
    shutdown.begin("test");
    let at = when.recv().unwrap() - began;
    assert!((ms(100)..ms(60_000)).contains(&at), "{at:?}");
    let report = shutdown.wait();
    assert_eq!(report.node("http"), Some(Outcome::Overran));
    assert!(report.took() >= ms(100));
    drop(release);
}

#[test]
fn a_grace_of_zero_starts_every_node() {
    let started = Arc::new(AtomicU32::new(0));
    let shutdown = Shutdown::new().grace(ms(0));
    let count = |started: &Arc<AtomicU32>| {
        let started = Arc::clone(started);
        move |_: &_| started.fetch_add(1, Ordering::Relaxed)
    };
    let first = shutdown.node("first", ms(10), count(&started));
    let second = shutdown
        .node("second", ms(10), count(&started))
        .uses(&first);
    shutdown
        .node("third", ms(10), count(&started))
        .uses(&second);
    shutdown.begin("test");
    _ = shutdown.wait();
    while started.load(Ordering::Relaxed) < 3 {
        thread::yield_now(); // nobody waits for their threads
    }
}

#[test]
fn without_nodes_it_is_over_at_once() {
    let shutdown = Shutdown::new().grace(LONG);
    shutdown.begin("first");
    shutdown.begin("second");
    let report = shutdown.wait();
    assert_eq!(report.reason().as_str(), "first");
    assert_eq!(report.nodes().count(), 0);
    assert!(report.took() < LONG);
}

#[test]
fn a_node_may_register_another_and_begin_again() {
    let shutdown = Shutdown::new().grace(LONG);
    let log = Log::default();
    let (inner, note) = (shutdown.clone(), log.note("late"));
    shutdown.node("first", ms(60_000), move |_| {
        inner.begin("again");
        inner.node("late", ms(60_000), move |_| note());
    });
    shutdown.begin("test");
    let report = shutdown.wait();
    assert_eq!(log.names(), ["late"]);
    assert_eq!(report.node("late"), Some(Outcome::Done));
    assert_eq!(report.reason().as_str(), "test");
}

#[test]
#[should_panic(expected = "`database` was registered before `http`, so it cannot use it")]
fn a_circle_cannot_be_built() {
    let shutdown = Shutdown::new();
    let database = shutdown.node("database", ms(60_000), |_| ());
    let http = shutdown.node("http", ms(60_000), |_| ()).uses(&database);
    _ = database.uses(&http);
}

#[test]
fn lame_ducks_run_on_for_a_while() {
    let shutdown = Shutdown::new().grace(LONG).lame_duck(ms(50));
    let (stopped, when) = mpsc::channel();
    shutdown.node("http", ms(60_000), move |_| {
        stopped.send(Instant::now()).unwrap();
    });
    let began = Instant::now();
    shutdown.begin("test");
    assert!(shutdown.is_draining());
    assert!(when.recv().unwrap() - began >= ms(50));
    assert!(shutdown.wait().is_clean());
}
