//! What was started through us: its panics, and what still runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once};
use std::thread as std_thread;
use std::time::{Duration, Instant};

use guard_runtime::testing::LeakCheck;
use guard_runtime::{Event, thread};
use harness::events;

const SHORT: Duration = Duration::from_millis(5);

/// The panics of detached work that were told to the hook.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes them from now on. Once for all tests, of which each would note them again.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| events::listen(note));
}

fn note(event: &Event) {
    if matches!(event, Event::WorkPanicked { .. }) {
        PANICS.lock().unwrap().push(event.to_string());
    }
}

pub(crate) fn wait_for_panic(part: &str) {
    let start = Instant::now();
    while !PANICS
        .lock()
        .unwrap()
        .iter()
        .any(|event| event.contains(part))
    {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{part}: nobody was told"
        );
        std_thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_panic_is_the_joins_or_else_an_event() {
    listen();
    let joined = thread::spawn(|| panic!("for the join")).join();
    assert_eq!(
        *joined.unwrap_err().downcast_ref::<&str>().unwrap(),
        "for the join"
    );

    drop(thread::spawn(|| {
        std_thread::sleep(SHORT);
        panic!("after the handle went");
    }));
    wait_for_panic("after the handle went");
    let ended = thread::spawn(|| panic!("before the handle went"));
    while !ended.is_finished() {
        std_thread::yield_now();
    }
    drop(ended);
    wait_for_panic("before the handle went");
    let told = PANICS.lock().unwrap().clone();
    assert!(!told.iter().any(|event| event.contains("for the join")));
    // Other tests have theirs.
    let ours: Vec<_> = told
        .iter()
        .filter(|event| event.contains("the handle went"))
        .collect();
    assert_eq!(ours.len(), 2, "{told:?}");
    assert!(
        ours.iter()
            .all(|event| event.contains("the thread started at tests/context/started.rs:")),
        "{ours:?}"
    );
}

#[test]
fn a_leak_check_knows_what_still_runs() {
    let check = LeakCheck::new();
    let end = Arc::new(AtomicBool::new(false));
    let wait = |end: &AtomicBool| {
        while !end.load(Ordering::Relaxed) {
            std_thread::yield_now();
        }
    };
    let (inner, outer) = (Arc::clone(&end), Arc::clone(&end));
    let line = line!() + 1;
    let place = thread::spawn(move || {
        let nested = thread::spawn(move || wait(&inner));
        wait(&outer);
        nested.join().unwrap();
    });
    while check.started().len() < 2 {
        std_thread::yield_now();
    }
    assert_eq!(check.started()[0].location().line(), line);
    assert!(
        check.started()[1]
            .to_string()
            .starts_with("thread started at tests/context/started.rs:")
    );
    let later = LeakCheck::new();
    assert!(later.started().is_empty(), "what ran before is not meant");
    let others = std_thread::spawn(|| LeakCheck::new().started().len());
    assert_eq!(others.join().unwrap(), 0, "each test has its own");
    end.store(true, Ordering::Relaxed);
    place.join().unwrap();
    check.assert_clean();
}
