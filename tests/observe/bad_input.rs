//! What users and systems do wrong to who looks: a documented outcome each.

use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Event, Tripped, Why, checkpoint, set_hook, snapshot};

use crate::{assert_success, child, told};

const MS: Duration = Duration::from_millis(1);

/// Hangs where no check is until `is_over`, in a scope that is overdue by then.
fn hang(is_over: impl Fn() -> bool) {
    _ = Budget::timeout(50 * MS).named("bad_input").run(|| {
        while !is_over() {
            thread::sleep(10 * MS);
        }
    });
}

fn is_overdue() -> bool {
    snapshot().iter().any(|scope| scope.overdue().is_some())
}

/// What an endless loop in a scope of 20 ms comes to.
fn trip() -> Result<(), Tripped> {
    let endless = || {
        loop {
            checkpoint()?;
        }
    };
    Budget::timeout(20 * MS).run(endless)?
}

/// Of an event that the ticker's own thread reports: nobody ticks meanwhile.
#[test]
fn a_hook_on_the_tickers_thread_panics_calls_guarded_code_and_sets_another_hook() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    static TRIPPED: AtomicBool = AtomicBool::new(false);
    static OTHER: AtomicU32 = AtomicU32::new(0);
    let name =
        "bad_input::a_hook_on_the_tickers_thread_panics_calls_guarded_code_and_sets_another_hook";
    if let Some(output) = child(name, &[]) {
        assert_success(&output);
        return;
    }
    set_hook(|event| {
        if !matches!(event, Event::Overdue { .. }) {
            return;
        }
        assert_ne!(CALLS.fetch_add(1, Ordering::Relaxed), 0, "it panics");
        TRIPPED.store(trip().is_err(), Ordering::Relaxed);
        set_hook(|_| _ = OTHER.fetch_add(1, Ordering::Relaxed));
    });
    // A scope is told of after one, two and four times its grace.
    hang(|| OTHER.load(Ordering::Relaxed) != 0);
    assert_eq!(CALLS.load(Ordering::Relaxed), 2);
    assert!(TRIPPED.load(Ordering::Relaxed));
    let before = OTHER.load(Ordering::Relaxed);
    assert!(trip().is_err(), "the ticker ticks");
    assert!(
        OTHER.load(Ordering::Relaxed) > before,
        "and the new hook is told"
    );
}

/// This test by itself, by `command`, with its reports to a pipe that nobody reads.
fn unread(mut command: Command, name: &str) -> Output {
    command
        .args(["--exact", name, "--nocapture"])
        .env("LOOP_GUARD_TEST_CHILD", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stderr.take());
    child.wait_with_output().unwrap()
}

#[test]
fn a_stderr_that_is_closed_changes_nothing() {
    let name = "bad_input::a_stderr_that_is_closed_changes_nothing";
    if std::env::var_os("LOOP_GUARD_TEST_CHILD").is_none() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("LOOP_GUARD", "obsrve");
        assert_success(&unread(command, name));
        return;
    }
    // No hook: what there is to say goes to stderr.
    hang(is_overdue);
    assert!(trip().is_err());
}

#[test]
fn a_service_manager_whose_socket_is_gone_keeps_nobody() {
    let name = "bad_input::a_service_manager_whose_socket_is_gone_keeps_nobody";
    let gone = [
        ("NOTIFY_SOCKET", "/nowhere/notify"),
        ("WATCHDOG_USEC", "2000"),
    ];
    if let Some(output) = child(name, &gone) {
        assert_success(&output);
        return;
    }
    hang(is_overdue);
    assert!(trip().is_err());
}

/// In a namespace of its own, where something else is mounted in its place.
#[cfg(target_os = "linux")]
#[test]
fn without_proc_nobody_knows_why_and_all_else_is_as_ever() {
    const WITHOUT: &str = "mount -t tmpfs none /proc && exec \"$0\" \"$@\"";
    let name = "bad_input::without_proc_nobody_knows_why_and_all_else_is_as_ever";
    if std::env::var_os("LOOP_GUARD_TEST_CHILD").is_none() {
        let namespace = |program: &str| {
            let mut command = Command::new("unshare");
            command.args(["-rm", "sh", "-c", WITHOUT, program]);
            command
        };
        let tried = namespace("true").stderr(Stdio::null()).status();
        if !tried.is_ok_and(|tried| tried.success()) {
            println!("skipped: `unshare` (Debian's `util-linux`) may not make a namespace here");
            return;
        }
        let this = std::env::current_exe().unwrap();
        let mut command = namespace(this.to_str().unwrap());
        command
            .args(["--exact", name, "--nocapture"])
            .env("LOOP_GUARD_TEST_CHILD", "1");
        assert_success(&command.output().unwrap());
        return;
    }
    assert!(!std::path::Path::new("/proc/self").exists());
    let reasons = || {
        told(|event| match event {
            Event::Overdue { why, .. } => Some(why.clone()),
            _ => None,
        })
    };
    assert_eq!(reasons(), []);
    hang(|| !reasons().is_empty());
    assert!(reasons().iter().all(|why| *why == Why::Unknown));
    assert!(trip().is_err());
}
