//! What few guards request in addition: warnings, reports of blocked polls, an abort, the service manager.

use std::future::Future;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{
    Budget, Event, Mode, Tripped, checkpoint, loop_guard, set_hook, set_mode, testing,
};
use harness::Paused;

use crate::{assert_success, child, told};

const MS: Duration = Duration::from_millis(1);

fn warnings(name: &str) -> Vec<(Duration, Duration, String)> {
    told(|event| match event {
        Event::Warning {
            scope,
            limit,
            elapsed,
            ..
        } if *scope == name => Some((*limit, *elapsed, event.to_string())),
        _ => None,
    })
}

#[loop_guard(timeout = "100s", warn_at = 0.8, name = "actions::warns")]
fn warns(steps: u32) -> Result<(), Tripped> {
    for _ in 0..steps {
        testing::advance(Duration::from_secs(1));
    }
    Ok(())
}

#[test]
fn a_warning_comes_once_at_the_first_look_past_the_share() {
    _ = told(|_| None::<()>);
    let _paused = Paused::new();
    warns(80).unwrap();
    assert_eq!(warnings("actions::warns"), []);
    for activation in 1..=2 {
        warns(99).unwrap();
        assert_eq!(warnings("actions::warns").len(), activation);
    }
    let (limit, elapsed, line) = warnings("actions::warns").remove(0);
    assert_eq!(
        (limit, elapsed),
        (Duration::from_secs(100), Duration::from_secs(80))
    );
    assert!(
        line.contains("has used 80.000s of 100s; noticed at tests/observe/actions.rs:"),
        "{line}"
    );
    // A guard that is observed warns, and one that is off does not.
    set_mode("actions::warns", Mode::Off).unwrap();
    warns(99).unwrap();
    set_mode("actions::warns", Mode::Observe).unwrap();
    warns(200).unwrap();
    assert_eq!(warnings("actions::warns").len(), 3);
}

#[loop_guard(timeout = "60s", warn_at = 0.002, name = "actions::warns_in_time")]
fn warns_in_time() -> Result<(), Tripped> {
    while warnings("actions::warns_in_time").is_empty() {
        thread::yield_now();
    }
    Ok(())
}

#[test]
fn a_loop_that_runs_is_warned_of_before_it_trips() {
    _ = told(|_| None::<()>);
    warns_in_time().unwrap();
    let warnings = warnings("actions::warns_in_time");
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].1 >= 120 * MS, "{warnings:?}");
}

/// Pending once.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[loop_guard(timeout = "100s", warn_at = 0.5, name = "actions::warns_in_polls")]
async fn warns_in_polls() -> Result<(), Tripped> {
    for _ in 0..90 {
        testing::advance(Duration::from_secs(1));
        pin!(Once(false)).await;
    }
    Ok(())
}

#[test]
fn a_future_is_warned_of_once_whatever_number_of_polls_it_takes() {
    _ = told(|_| None::<()>);
    let _paused = Paused::new();
    let (mut future, mut context) = (pin!(warns_in_polls()), Context::from_waker(Waker::noop()));
    while future.as_mut().poll(&mut context).is_pending() {}
    assert_eq!(warnings("actions::warns_in_polls").len(), 1);
}

#[loop_guard(timeout = "50ms", on_overdue = "abort", name = "actions::aborts")]
fn aborts() {
    thread::sleep(60_000 * MS);
}

#[test]
fn a_scope_that_is_overdue_can_abort_the_process() {
    let name = "actions::a_scope_that_is_overdue_can_abort_the_process";
    if let Some(output) = child(name, &[]) {
        assert!(!output.status.success());
        let stderr = String::from_utf8_lossy(&output.stderr);
        let line = stderr
            .lines()
            .find(|line| line.contains("actions::aborts"))
            .unwrap();
        assert!(
            line.ends_with("aborts, as `on_overdue = \"abort\"` says"),
            "{stderr}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::process::ExitStatusExt;
            assert_eq!(output.status.signal(), Some(6), "SIGABRT");
        }
        return;
    }
    // The hook is told first.
    set_hook(|event| assert!(matches!(event, Event::Overdue { .. })));
    aborts();
}

fn block(time: Duration) {
    thread::sleep(time);
}

#[loop_guard(timeout = "1h", name = "actions::polls")]
async fn polls(block: &dyn Fn(usize)) -> Result<(), Tripped> {
    for poll in 1..=3 {
        block(poll);
        pin!(Once(false)).await;
    }
    Ok(())
}

#[test]
fn a_poll_that_blocks_is_told_of_once_and_short_ones_are_not() {
    let name = "actions::a_poll_that_blocks_is_told_of_once_and_short_ones_are_not";
    if let Some(output) = child(name, &[("LOOP_GUARD_BLOCKED", "500ms")]) {
        assert_success(&output);
        return;
    }
    let blocked = || {
        told(|event| match event {
            Event::BlockedPoll {
                scope,
                thread,
                blocked,
                ..
            } => Some((*scope, thread.clone(), *blocked)),
            _ => None,
        })
    };
    assert_eq!(blocked(), []);
    let run = |block: &dyn Fn(usize)| {
        let (mut future, mut context) = (pin!(polls(block)), Context::from_waker(Waker::noop()));
        while future.as_mut().poll(&mut context).is_pending() {}
    };
    // A function that is no future may take its time.
    _ = Budget::timeout(Duration::from_secs(3600)).run(|| block(1200 * MS));
    assert_eq!(blocked(), []);
    let begun = Instant::now();
    run(&|_| block(20 * MS));
    // A machine under load may have turned a short poll into a long one.
    let are_short = begun.elapsed() < 500 * MS;
    assert!(!are_short || blocked().is_empty(), "{:?}", blocked());
    let before = blocked().len();
    run(&|poll| {
        while blocked().len() < before + poll {
            block(50 * MS);
        }
    });
    let mut blocked = blocked();
    blocked.drain(..before);
    assert_eq!(blocked.len(), 3, "{blocked:?}");
    for (scope, thread, time) in blocked {
        assert_eq!((scope, &*thread), ("actions::polls", name));
        assert!(time >= 500 * MS, "{time:?}");
    }
}

#[test]
fn a_limit_for_polls_that_is_no_duration_is_told_once() {
    let name = "actions::a_limit_for_polls_that_is_no_duration_is_told_once";
    if let Some(output) = child(name, &[("LOOP_GUARD_BLOCKED", "soon")]) {
        let stderr = assert_success(&output);
        let told = stderr
            .lines()
            .filter(|line| line.contains("LOOP_GUARD_BLOCKED: ignored \"soon\""));
        assert_eq!(told.count(), 1, "{stderr}");
        return;
    }
    _ = told(|_| None::<()>);
    let overdue = || told(|event| matches!(event, Event::Overdue { .. }).then_some(()));
    // When it is told again, the scan that read the limit has come to its end.
    _ = Budget::timeout(50 * MS).run(|| {
        while overdue().len() < 2 {
            block(50 * MS);
        }
    });
}

#[cfg(unix)]
#[loop_guard(timeout = "50ms", on_overdue = "restart", name = "actions::restarts")]
fn restarts() -> Result<(), Tripped> {
    thread::sleep(6_000 * MS);
    checkpoint()
}

/// This process plays the service manager, and a child the service.
#[cfg(unix)]
#[test]
fn the_service_manager_hears_nothing_while_a_scope_is_overdue_that_only_a_restart_would_end() {
    use std::os::unix::net::UnixDatagram;

    const CHILD: &str = "LOOP_GUARD_TEST_CHILD";
    let name = "actions::the_service_manager_hears_nothing_while_a_scope_is_overdue_that_only_a_restart_would_end";
    if std::env::var_os(CHILD).is_some() {
        // It is idle, and parks; then it hangs for six seconds; then it is well again.
        _ = Budget::timeout(Duration::from_secs(3600)).run(checkpoint);
        thread::sleep(1500 * MS);
        assert!(restarts().is_err());
        thread::sleep(3000 * MS);
        return;
    }
    let folder = std::env::temp_dir().join(format!("loop-guard-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(10 * MS)).unwrap();
    let mut service = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .envs([(CHILD, "1"), ("WATCHDOG_USEC", "400000")])
        .env("NOTIFY_SOCKET", &path)
        .spawn()
        .unwrap();
    let mut heard = Vec::new();
    let outcome = loop {
        let mut message = [0; 64];
        if let Ok(length) = socket.recv(&mut message) {
            assert_eq!(&message[..length], b"WATCHDOG=1");
            heard.push(Instant::now());
        }
        if let Some(outcome) = service.try_wait().unwrap() {
            break outcome;
        }
    };
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(outcome.success());
    let gaps: Vec<_> = heard.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Overdue from 1.05 s on, for nearly five seconds.
    let longest = gaps.iter().max().expect("more than one message");
    let silence = gaps.iter().position(|gap| gap == longest);
    let silence = silence.expect("it is one of them");
    assert!(*longest > 2500 * MS, "{gaps:?}");
    assert!(
        silence >= 3 && gaps.len() - silence >= 3,
        "news before and after: {gaps:?}"
    );
}
