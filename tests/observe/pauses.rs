//! A process that is stopped and continued: to whom that time counts.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures::channel::oneshot;
use futures::executor::block_on;
use guard_runtime::{Budget, Tripped, loop_guard};

/// How much longer everything here takes. A machine under load can keep the child awake for longer than its budget;
/// that proves nothing, and the test tries again with a larger scale.
const SCALE: &str = "LOOP_GUARD_PAUSED_SCALE";

fn scale() -> u32 {
    std::env::var(SCALE).map_or(1, |scale| scale.parse().unwrap())
}

/// The process is stopped for longer than any of its scopes may take.
fn stopped() -> Duration {
    Duration::from_secs(2) * scale()
}

fn limit() -> Duration {
    Duration::from_millis(1900) * scale()
}

/// The time of this thread while it runs.
#[derive(Default)]
struct Awake(Duration);

impl Awake {
    /// Works until the process has been stopped, and for a while after that, with checks in between.
    fn work(&mut self, mut check: impl FnMut()) {
        let (mut before, mut rest) = (Instant::now(), None);
        while rest != Some(0) {
            thread::sleep(Duration::from_millis(1));
            let gap = before.elapsed();
            before += gap;
            if gap >= stopped() / 2 {
                rest = Some(20);
            } else {
                self.0 += gap;
                rest = rest.map(|rest| rest - 1);
            }
            check();
        }
    }
}

#[loop_guard(timeout = limit(), pauses = "ignore")]
fn ignoring(awake: &mut Awake) -> Result<(), Tripped> {
    awake.work(|| guard_runtime::checkpoint().unwrap_or_else(|tripped| panic!("{tripped}")));
    for _ in 0..3 {
        thread::yield_now();
    }
    Ok(())
}

#[loop_guard(timeout = limit())]
fn counting(awake: &mut Awake) -> Result<(), Tripped> {
    awake.work(|| ());
    for _ in 0..3 {
        thread::yield_now();
    }
    Ok(())
}

/// Waits for a thread that sees the pause.
#[loop_guard(timeout = limit(), pauses = "ignore")]
async fn waiting(answer: oneshot::Receiver<Duration>) -> Result<Duration, Tripped> {
    Ok(answer.await.expect("an answer"))
}

fn in_time(awake: Duration) -> bool {
    awake < limit() * 3 / 4
}

/// In the child: what came of the scope, and whether it was awake for less than its budget.
fn run(what: &str) -> (bool, bool) {
    println!("ready");
    let mut awake = Awake::default();
    match what {
        "ignoring" => (ignoring(&mut awake).is_ok(), in_time(awake.0)),
        "counting" => (counting(&mut awake).is_ok(), in_time(awake.0)),
        "budget" => {
            let budget = Budget::timeout(limit()).ignore_pauses();
            let outcome = budget.strict().run(|| {
                awake.work(|| _ = guard_runtime::checkpoint());
                guard_runtime::checkpoint()
            });
            (matches!(outcome, Ok(Ok(()))), in_time(awake.0))
        }
        "twice" => {
            // The second pause is given back as well, and the first one no more than once.
            let budget = Budget::timeout(limit()).ignore_pauses();
            let outcome = budget.run(|| {
                awake.work(|| ());
                guard_runtime::checkpoint()?;
                println!("ready");
                awake.work(|| ());
                guard_runtime::checkpoint()?;
                thread::sleep(stopped());
                Ok::<_, Tripped>(guard_runtime::checkpoint().is_err())
            });
            (matches!(outcome, Ok(Ok(true))), in_time(awake.0))
        }
        "waiting" => {
            let (sender, receiver) = oneshot::channel();
            thread::spawn(move || {
                awake.work(|| ());
                _ = sender.send(awake.0);
            });
            let outcome = block_on(waiting(receiver));
            (
                outcome.is_ok(),
                outcome.is_err() || in_time(outcome.unwrap()),
            )
        }
        _ => unreachable!("{what}"),
    }
}

/// Whether the scope came to its end in a process that was stopped in it.
fn ends(what: &str) -> bool {
    const CHILD: &str = "LOOP_GUARD_PAUSED_CHILD";
    for scale in [1_u32, 1, 2, 4, 8, 16] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "pauses::the_child",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(CHILD, what)
            .env(SCALE, scale.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let id = child.id().to_string();
        let signal = |signal: &str| {
            let sent = Command::new("kill").args([signal, &id]).status();
            assert!(sent.unwrap().success());
        };
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut result = None;
        for line in lines.map_while(Result::ok) {
            match line.trim_start_matches("test pauses::the_child ... ") {
                "ready" => {
                    thread::sleep(Duration::from_millis(50));
                    signal("-STOP");
                    thread::sleep(Duration::from_secs(2) * scale);
                    signal("-CONT");
                }
                "ended in time" => result = Some(true),
                "tripped in time" => result = Some(false),
                _ => {}
            }
        }
        child.wait().unwrap();
        if let Some(result) = result {
            return result;
        }
    }
    panic!("this machine is too busy for {what}");
}

/// What the other tests of this file start; by itself, it does nothing.
#[test]
fn the_child() {
    if let Ok(what) = std::env::var("LOOP_GUARD_PAUSED_CHILD") {
        let (ended, in_time) = run(&what);
        let ended = if ended { "ended" } else { "tripped" };
        println!("{ended} {}", if in_time { "in time" } else { "too late" });
    }
}

#[test]
fn a_pause_counts() {
    assert!(!ends("counting"));
}

#[test]
fn a_pause_is_given_back_to_a_function_that_ignores_it() {
    assert!(ends("ignoring"));
}

#[test]
fn and_to_a_budget() {
    assert!(ends("budget"));
}

#[test]
fn and_to_a_future_that_waits() {
    assert!(ends("waiting"));
}

#[test]
fn each_pause_is_given_back_once() {
    assert!(ends("twice"));
}
