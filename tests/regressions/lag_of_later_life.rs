//! A budget of a second or more reads no clock at its entry, and was late by all the lag of its life: a future that
//! waited beside threads that spin, any scope of a process that was stopped in the middle.
//!
//! The process is stopped in a child: one test of this binary, started alone.

use std::future::pending;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use guard_runtime::{Budget, Cause, Tripped, checkpoint, loop_guard};

const MILLI: Duration = Duration::from_millis(1);
const LIMIT: Duration = Duration::from_millis(1200);

/// The environment variable that is set in the child.
const CHILD: &str = "LAG_OF_LATER_LIFE";

/// Starts this test again, alone in a process.
fn child(test: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args([
            &format!("lag_of_later_life::{test}"),
            "--exact",
            "--nocapture",
        ])
        .env(CHILD, test)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program once more")
}

/// On a loaded machine a right child may come later than what is allowed here; a wrong one fails each time.
fn assert_succeeds(test: &str, disturb: fn(&mut Child)) {
    let succeeds = |_| {
        let mut child = child(test);
        disturb(&mut child);
        child.wait().expect("it ends").success()
    };
    assert!((0..5).any(succeeds), "{test}");
}

fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

#[loop_guard(timeout = "1200ms")]
async fn waits(ends: bool) -> Result<(), Tripped> {
    if ends {
        return Ok(());
    }
    pending().await
}

/// A scope that is blocked in one call, and makes a check after it.
fn is_blocked(time: Duration) -> Result<(), Tripped> {
    let outcome = Budget::timeout(LIMIT).run(|| {
        thread::sleep(time);
        checkpoint()
    });
    outcome.expect("the checkpoint has a place for the error")
}

/// Calls `f` where a scope of a second reads no clock: the ticker runs since `warm`, with fast ticks, and neither the
/// thread nor the function is new to it.
fn without_a_clock_read(warm: Duration, f: impl FnOnce()) {
    is_blocked(Duration::ZERO).expect("not spent yet");
    block_on(waits(true)).expect("not spent yet");
    let ran = Budget::timeout(60 * 1000 * MILLI).run(|| {
        let began = Instant::now();
        while began.elapsed() < warm {
            checkpoint().expect("a minute is enough");
        }
        f();
    });
    ran.expect("a minute is enough");
}

fn assert_in_time(warm: Duration, f: impl FnOnce() -> Result<(), Tripped>) {
    without_a_clock_read(warm, || {
        let began = Instant::now();
        let tripped = f().expect_err("its time was over");
        let took = began.elapsed();
        assert!(took >= LIMIT && took < LIMIT + 1900 * MILLI, "{took:?}");
        let Cause::Timeout { elapsed: used, .. } = tripped.cause() else {
            panic!("{tripped}");
        };
        assert!(
            used <= took && took < used + 700 * MILLI,
            "{used:?} of {took:?}"
        );
    });
}

/// A future that waits, and a scope that makes a check only after `time`. Both come in time.
fn both_are_in_time(warm: Duration, time: Duration) {
    let waiter = thread::spawn(move || assert_in_time(warm, || block_on(waits(false))));
    assert_in_time(warm, || is_blocked(time));
    waiter.join().expect("it asserts");
}

#[test]
fn a_starved_ticker() {
    if is_child() {
        // Every gap is late by this much, so that the lag grows nearly as fast as the time.
        guard_runtime::__private::starve_ticker(150 * MILLI);
        both_are_in_time(500 * MILLI, LIMIT + 900 * MILLI);
        return;
    }
    assert_succeeds("a_starved_ticker", |_| ());
}

#[cfg(unix)]
#[test]
fn a_process_that_is_stopped() {
    if is_child() {
        println!("\nbegins");
        both_are_in_time(50 * MILLI, 2600 * MILLI);
        return;
    }
    assert_succeeds("a_process_that_is_stopped", stop_for_a_while);
}

/// Stops the child in the middle of its scopes, and reads its output until it ends.
#[cfg(unix)]
fn stop_for_a_while(child: &mut Child) {
    let pid = child.id().to_string();
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let mut lines = output.lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == "begins")));
    // A child that has failed meanwhile is not there.
    let signal = |name: &str| _ = Command::new("kill").args([name, &pid]).status();
    // At this moment both scopes are open.
    thread::sleep(500 * MILLI);
    signal("-STOP");
    thread::sleep(2000 * MILLI);
    signal("-CONT");
    lines.for_each(drop);
}
