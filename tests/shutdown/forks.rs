//! Processes that fork without `exec`: the child has a copy of everything but the other threads, and so no ticker.

#![allow(unsafe_code, reason = "there is no fork without")]

use std::env;
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio, exit};
use std::thread;
use std::time::Duration;

use guard_runtime::shutdown::{Outcome, Shutdown};
use guard_runtime::{Budget, CancelToken, Cause, Tripped, checkpoint, loop_guard, remaining};
use nix::sys::signal::{Signal, raise};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, alarm, fork};

use crate::{LONG, ms};

const SCENARIO: &str = "FORKS_SCENARIO";

#[loop_guard(timeout = "5ms")]
fn spin_for_a_while() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

/// Runs `f` in a child that is forked here; true if it returned.
fn succeeds_forked(f: impl FnOnce()) -> bool {
    // SAFETY: none of the threads that the child lacks holds a lock that `f` takes: they wait.
    match unsafe { fork() }.unwrap() {
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).unwrap();
            println!("{status:?}");
            matches!(status, nix::sys::wait::WaitStatus::Exited(_, 0))
        }
        ForkResult::Child => {
            // A child that hangs is ended by this signal.
            alarm::set(120);
            let outcome = catch_unwind(AssertUnwindSafe(f));
            exit(i32::from(outcome.is_err()));
        }
    }
}

/// Runs this test program again, with nothing but one scenario: other tests have threads of their own.
fn run(scenario: &str) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "forks::child", "--nocapture", "--test-threads=1"])
        .env(SCENARIO, scenario)
        .env_remove("LOOP_GUARD_GRACE")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// The child's side; as a test of the parent it does nothing.
#[test]
fn child() {
    match env::var(SCENARIO).as_deref() {
        Ok("before") => assert!(succeeds_forked(|| {
            assert!(spin_for_a_while().is_err());
        })),
        Ok("after") => after(),
        Ok("signals") => signals(),
        _ => return,
    }
    // The parent goes on as if nothing had happened.
    assert!(spin_for_a_while().is_err());
}

/// What needs no tick works in the child: the time, cancels, a shutdown, `exec`.
fn after() {
    assert!(spin_for_a_while().is_err(), "the ticker runs");
    assert!(succeeds_forked(|| {
        let left = Budget::timeout(LONG).run(|| {
            thread::sleep(ms(5));
            remaining().unwrap()
        });
        assert!(left.unwrap() + ms(5) <= LONG);

        let token = CancelToken::new();
        let stop = token.clone();
        let stops = thread::spawn(move || stop.cancel("enough"));
        let tripped = Budget::new().cancel(token).run(spin).unwrap().unwrap_err();
        assert!(matches!(tripped.cause(), Cause::Cancelled { .. }));
        stops.join().unwrap();
    }));
    assert!(succeeds_forked(stops_in_order));
    assert!(succeeds_forked(|| {
        let error = Command::new("true").exec();
        panic!("{error}");
    }));
}

/// A shutdown waits without ticks: it stops what is in flight, and gives up a node that does not hear of its deadline.
fn stops_in_order() {
    let shutdown = Shutdown::new().grace(LONG).drain(ms(5));
    shutdown.node("honest", ms(60_000), |_| ());
    shutdown.node("deaf", ms(20), |_| while checkpoint().is_ok() {});
    let tracker = shutdown.track();
    let request = thread::spawn(move || tracker.run(spin));
    while shutdown.in_flight() == 0 {
        thread::yield_now();
    }
    shutdown.begin("test");
    let report = shutdown.wait();
    let tripped = request.join().unwrap().unwrap().unwrap_err();
    assert_eq!(tripped.cause(), Cause::Shutdown);
    assert_eq!(report.node("honest"), Some(Outcome::Done));
    let deaf = report.node("deaf").unwrap();
    assert!(matches!(deaf, Outcome::Overran | Outcome::Cut), "{deaf:?}");
}

/// The child ignores the signals of which its parent takes care, and does not tell the parent of its own.
fn signals() {
    let shutdown = Shutdown::new().grace(LONG).signals().unwrap();
    assert!(succeeds_forked(|| {
        raise(Signal::SIGTERM).unwrap();
        thread::sleep(Duration::from_millis(20));
        assert!(!shutdown.is_draining());
    }));
    assert!(!shutdown.is_draining());
    raise(Signal::SIGTERM).unwrap();
    assert!(shutdown.wait().is_clean());
}

#[test]
fn guards_of_a_child_that_is_forked_before_the_first_one_work() {
    run("before");
}

#[test]
fn what_needs_no_tick_works_in_a_forked_child() {
    run("after");
}

#[test]
fn a_forked_child_ignores_the_signals_of_a_shutdown() {
    run("signals");
}
