//! Scopes that come to no check are reported while they hang. Upper bounds on the time of a report leave room for a
//! loaded machine; lower bounds are exact.

use std::future::Future;
use std::pin::pin;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Event, Tripped, Why, checkpoint, loop_guard, set_hook, testing};

use crate::{assert_success, child, told};

const MS: Duration = Duration::from_millis(1);

#[derive(Debug, Clone)]
struct Overdue {
    thread: String,
    late: Duration,
    looked: Option<String>,
    why: Why,
    line: String,
}

fn overdue(name: &str) -> Vec<Overdue> {
    told(|event| match event {
        Event::Overdue {
            scope,
            thread,
            late,
            looked,
            why,
            ..
        } if *scope == name => Some(Overdue {
            thread: thread.clone(),
            late: *late,
            looked: looked.map(|place| place.to_string()),
            why: why.clone(),
            line: event.to_string(),
        }),
        _ => None,
    })
}

fn recovered(name: &str) -> Vec<Duration> {
    told(|event| match event {
        Event::Recovered { scope, late, .. } if *scope == name => Some(*late),
        _ => None,
    })
}

/// Waits until the scope was reported as overdue.
#[track_caller]
fn await_overdue(name: &str) -> Overdue {
    let begun = Instant::now();
    loop {
        if let [first, ..] = &overdue(name)[..] {
            return first.clone();
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{name} is not told of"
        );
        thread::sleep(10 * MS);
    }
}

/// Hangs in a scope of 50 ms on a thread of its name until told of as overdue, and is let go by `release`.
fn hang(
    name: &'static str,
    hang: impl FnOnce() + Send + 'static,
    release: impl FnOnce(),
) -> Overdue {
    _ = told(|_| None::<()>);
    let thread = thread::Builder::new().name(format!("{name} thread"));
    let hanging = thread
        .spawn(move || Budget::timeout(50 * MS).named(name).run(hang))
        .unwrap();
    let first = await_overdue(name);
    release();
    _ = hanging.join().unwrap();
    assert_eq!(first.thread, format!("{name} thread"));
    assert!(first.late >= Duration::from_secs(1), "{first:?}");
    assert!(
        first.line.contains(name) && first.line.contains("is overdue by "),
        "{}",
        first.line
    );
    first
}

#[cfg(target_os = "linux")]
#[track_caller]
fn assert_waits(overdue: &Overdue, in_one_of: &[&str]) {
    match &overdue.why {
        Why::Waiting { syscall, .. } => assert!(in_one_of.contains(&&**syscall), "{overdue:?}"),
        _ => panic!("{overdue:?}"),
    }
    assert!(
        overdue.line.contains("wait with a timeout"),
        "{}",
        overdue.line
    );
}

#[cfg(not(target_os = "linux"))]
fn assert_waits(overdue: &Overdue, _: &[&str]) {
    assert_eq!(overdue.why, Why::Unknown);
}

#[test]
fn a_receive_that_never_ends() {
    let (sender, receiver) = mpsc::channel::<()>();
    let told = hang(
        "watchdog::recv",
        move || _ = receiver.recv(),
        move || drop(sender),
    );
    assert_waits(&told, &["futex"]);
}

#[test]
fn a_contended_mutex() {
    static HELD: Mutex<()> = Mutex::new(());
    let held = HELD.lock().unwrap();
    let told = hang("watchdog::mutex", || drop(HELD.lock()), move || drop(held));
    assert_waits(&told, &["futex"]);
}

#[test]
fn a_sleep() {
    let told = hang("watchdog::sleep", || thread::sleep(5000 * MS), || ());
    assert_waits(&told, &["nanosleep", "clock_nanosleep"]);
}

#[cfg(unix)]
#[test]
fn a_child_process_that_is_waited_for() {
    let wait = || drop(Command::new("sleep").arg("5").status());
    let told = hang("watchdog::child", wait, || ());
    assert_waits(&told, &["wait4", "waitid", "read", "poll"]);
}

#[test]
fn a_loop_without_a_check() {
    let spin = || {
        let begun = Instant::now();
        while begun.elapsed() < 5000 * MS {
            std::hint::spin_loop();
        }
    };
    let told = hang("watchdog::spin", spin, || ());
    // On a machine under load it may have had no processor from one sample to the next.
    if cfg!(target_os = "linux") && told.why != Why::Starved {
        assert_eq!(told.why, Why::Running);
        assert!(told.line.contains("call `checkpoint()`"), "{}", told.line);
    }
}

fn block() {
    thread::sleep(5000 * MS);
}

#[loop_guard(timeout = "50ms", name = "watchdog::poll")]
async fn blocked_poll() -> Result<(), Tripped> {
    for _ in 0..1 {
        block();
    }
    Ok(())
}

#[test]
fn a_poll_that_blocks() {
    let blocking = thread::spawn(|| {
        let mut future = pin!(blocked_poll());
        let Poll::Ready(outcome) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("it awaits nothing");
        };
        outcome
    });
    let told = await_overdue("watchdog::poll");
    assert_waits(&told, &["nanosleep", "clock_nanosleep"]);
    _ = blocking.join().unwrap();
}

#[loop_guard(timeout = "50ms", name = "watchdog::unpolled")]
async fn waits() -> Result<(), Tripped> {
    std::future::pending::<()>().await;
    Ok(())
}

/// The executor would poll it, but its threads are blocked.
#[test]
fn a_future_that_nobody_polls_after_it_was_woken() {
    _ = told(|_| None::<()>);
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(waits());
    assert!(future.as_mut().poll(&mut context).is_pending());
    let first = await_overdue("watchdog::unpolled");
    assert_eq!(first.why, Why::Unpolled);
    assert!(first.late >= Duration::from_secs(1), "{first:?}");
    assert!(first.thread.starts_with("task "), "{first:?}");
    let line = format!("in {}: it was woken and nobody polls it", first.thread);
    assert!(first.line.contains(&line), "{}", first.line);
    let open = guard_runtime::snapshot();
    let waiting = open
        .iter()
        .find(|scope| scope.name() == "watchdog::unpolled");
    assert_eq!(waiting.unwrap().overdue(), Some(&Why::Unpolled));

    let polled = future.as_mut().poll(&mut context);
    assert!(matches!(polled, Poll::Ready(Err(_))), "{polled:?}");
    while recovered("watchdog::unpolled").is_empty() {
        thread::sleep(10 * MS);
    }
}

#[test]
fn the_loop_that_looked_last_is_named_and_recovery_is_told_by_the_scopes_own_thread() {
    const NAME: &str = "watchdog::recovers";
    _ = told(|_| None::<()>);
    // Longer than any tick is late: one has to look before the deadline.
    let outcome = Budget::timeout(3000 * MS).named(NAME).run(|| {
        let has_looked = || {
            let open = guard_runtime::snapshot();
            let scope = open.iter().find(|scope| scope.name() == NAME);
            scope.and_then(guard_runtime::OpenScope::looked).is_some()
        };
        while !has_looked() {
            checkpoint()?;
        }
        await_overdue(NAME);
        assert_eq!(recovered(NAME), []);
        checkpoint()
    });
    // Told before the check that looked came back.
    assert!(outcome.unwrap().is_err());
    let (overdue, recovered) = (overdue(NAME), recovered(NAME));
    assert!(overdue[0].looked.as_ref().unwrap().contains("watchdog.rs:"));
    assert!(!overdue.is_empty());
    assert_eq!(recovered.len(), 1);
    assert!(recovered[0] >= 1000 * MS, "{recovered:?}");
}

#[test]
fn a_scope_that_ends_without_a_check_has_recovered() {
    const NAME: &str = "watchdog::ends";
    _ = told(|_| None::<()>);
    let thread = thread::spawn(|| {
        _ = Budget::timeout(50 * MS)
            .named(NAME)
            .run(|| thread::sleep(5000 * MS));
    });
    await_overdue(NAME);
    thread.join().unwrap();
    let begun = Instant::now();
    while recovered(NAME).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        thread::sleep(10 * MS);
    }
    assert_eq!(recovered(NAME).len(), 1);
}

#[test]
fn it_is_told_again_after_two_and_four_times_the_grace() {
    const NAME: &str = "watchdog::again";
    let (sender, receiver) = mpsc::channel::<()>();
    _ = told(|_| None::<()>);
    let hanging = thread::spawn(move || {
        Budget::timeout(50 * MS)
            .named(NAME)
            .run(move || _ = receiver.recv())
    });
    while overdue(NAME).len() < 3 {
        thread::sleep(10 * MS);
    }
    drop(sender);
    _ = hanging.join().unwrap();
    for (told, seconds) in overdue(NAME).iter().zip([1, 2, 4]) {
        assert!(told.late >= Duration::from_secs(seconds), "{told:?}");
    }
}

#[test]
fn who_looks_is_not_overdue_and_neither_is_paused_time() {
    let (looks, paused) = ("watchdog::looks", "watchdog::paused");
    _ = told(|_| None::<()>);
    let looking = thread::spawn(move || {
        // It swallows the trip, and continues.
        _ = Budget::timeout(50 * MS).named(looks).run(|| {
            let begun = Instant::now();
            while begun.elapsed() < 1500 * MS {
                _ = checkpoint();
                thread::sleep(MS);
            }
        });
    });
    let _paused = harness::Paused::new();
    _ = Budget::timeout(50 * MS).named(paused).run(|| {
        thread::sleep(1500 * MS);
        testing::advance(10 * MS);
        checkpoint().unwrap();
    });
    looking.join().unwrap();
    // A thread that gets no CPU time for a second makes no check, and that is reported too.
    let told = overdue(looks);
    let late = told.iter().filter(|told| told.why != Why::Starved);
    assert_eq!((late.count(), overdue(paused).len()), (0, 0), "{told:?}");
}

#[test]
fn a_hook_that_keeps_the_ticker_waiting_is_told_of() {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let name = "watchdog::a_hook_that_keeps_the_ticker_waiting_is_told_of";
    if let Some(output) = child(name, &[]) {
        let stderr = assert_success(&output);
        assert!(
            stderr.contains("loop guard: the hook held up the ticker for "),
            "{stderr}"
        );
        return;
    }
    set_hook(|event| {
        if matches!(event, Event::Overdue { .. }) {
            TOLD.fetch_add(1, Ordering::Relaxed);
            thread::sleep(300 * MS);
        }
    });
    // By the time the hook is called again, its first delay has been reported.
    _ = Budget::timeout(50 * MS).run(|| {
        while TOLD.load(Ordering::Relaxed) < 2 {
            thread::sleep(10 * MS);
        }
    });
}

#[test]
fn without_a_hook_stderr_is_told() {
    let name = "watchdog::without_a_hook_stderr_is_told";
    if let Some(output) = child(name, &[]) {
        let stderr = assert_success(&output);
        let told = |what: &str| stderr.lines().filter(|line| line.contains(what)).count();
        assert_eq!(
            (
                told("alone (tests/observe/watchdog.rs:"),
                told("is overdue by ")
            ),
            (2, 1),
            "{stderr}"
        );
        return;
    }
    let is_overdue = || {
        let open = guard_runtime::snapshot();
        open.iter().any(|scope| scope.overdue().is_some())
    };
    _ = Budget::timeout(50 * MS).named("alone").run(|| {
        while !is_overdue() {
            thread::sleep(10 * MS);
        }
    });
    // The ticker's thread may only be about to tell.
    thread::sleep(500 * MS);
    // Its own thread reports that it has recovered.
    _ = Budget::timeout(50 * MS).run(checkpoint);
}
