//! Real signals, sent to child processes: this test program, run again with one scenario.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use guard_runtime::shutdown::Shutdown;
use nix::libc::atexit;
use nix::sys::signal::Signal;

const SCENARIO: &str = "SHUTDOWN_SCENARIO";

/// How long each child may take.
const GRACE: Duration = Duration::from_millis(400);

/// The child's side; as a test of the parent it does nothing.
#[test]
fn child() {
    let Ok(scenario) = env::var(SCENARIO) else {
        return;
    };
    let grace = if scenario == "patient" {
        GRACE * 100
    } else {
        GRACE
    };
    let shutdown = Shutdown::new().grace(grace).signals().unwrap();
    let (hang, spin) = (scenario != "honest", scenario == "spin");
    if scenario == "stuck" {
        extern "C" fn hang() {
            never_return();
        }
        // SAFETY: the handler does not unwind.
        assert_eq!(unsafe { atexit(hang) }, 0);
    }
    shutdown.node("work", grace, move |_| {
        if spin {
            loop {
                std::hint::spin_loop(); // without a check
            }
        }
        if hang {
            never_return();
        }
    });
    let stubborn = scenario == "patient";
    shutdown.flush("log", move || {
        println!("flushed {}", since_epoch().as_micros());
        if stubborn {
            never_return();
        }
    });
    let begun = shutdown.clone();
    let tell = move || {
        futures::executor::block_on(begun.draining());
        println!("begun {}", since_epoch().as_micros());
    };
    thread::spawn(tell);
    if scenario == "executor" {
        // The only thread of a runtime, in a task without an await.
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            println!("ready");
            loop {
                std::hint::spin_loop();
            }
        });
    }
    println!("ready");
    let report = shutdown.wait();
    println!("{report}");
    if hang {
        never_return();
    }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// When a child did what a line of its output begins with.
fn told(out: &str, what: &str) -> Option<Duration> {
    let mut lines = out.lines();
    let micros = lines.find_map(|line| line.strip_prefix(what)?.trim().parse().ok());
    micros.map(Duration::from_micros)
}

fn never_return() -> ! {
    loop {
        thread::park();
    }
}

struct Running {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

fn start(scenario: &str) -> Running {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "signals::child", "--nocapture"])
        .env(SCENARIO, scenario)
        .env_remove("LOOP_GUARD_GRACE")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut running = Running { child, out };
    running.wait_for("ready");
    running
}

impl Running {
    fn wait_for(&mut self, word: &str) -> String {
        self.reads(word).unwrap_or_else(|| panic!("no `{word}`"))
    }

    /// The line with this word; `None` if the child has ended without it.
    fn reads(&mut self, word: &str) -> Option<String> {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            if self.out.read_line(&mut line).unwrap() == 0 {
                return None;
            }
        }
        Some(line)
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
    }

    /// What it still printed, and how it ended.
    fn end(mut self) -> (String, ExitStatus) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap())
    }
}

/// The process was ended from outside: by `exit`, or, if that took more than 10 ms on a machine that is busy, by `abort`.
fn assert_forced(status: ExitStatus) {
    let is_aborted = status.signal() == Some(Signal::SIGABRT as i32);
    assert!(status.code() == Some(70) || is_aborted, "{status}");
}

#[test]
fn a_signal_stops_the_nodes_and_the_program_ends_itself() {
    for name in ["TERM", "INT"] {
        let running = start("honest");
        running.signal(name);
        let (out, status) = running.end();
        assert!(out.contains(&format!("shutdown (SIG{name})")), "{out}");
        assert!(out.contains("flushed") && out.contains("done"), "{out}");
        assert!(status.success(), "{status}");
    }
}

/// A hook has the last 100 ms, or those after the second signal. Its thread may have no processor for so long where the
/// machine is busy, so that a child which has not flushed is followed by another one.
fn until_flushed(mut run: impl FnMut() -> bool) -> u32 {
    let tries = (1..=50).find(|_| run());
    tries.expect("fifty children, and none has flushed")
}

#[test]
fn a_process_that_hangs_is_gone_by_its_grace_and_has_flushed() {
    const CHILDREN: usize = 200;
    const AT_ONCE: usize = 5;
    let end = |running: Running| {
        let (out, status) = running.end();
        assert_forced(status);
        let hooks = told(&out, "begun")? + GRACE.saturating_sub(Duration::from_millis(100));
        Some(told(&out, "flushed")?.saturating_sub(hooks))
    };
    let mut late = Vec::new();
    for _ in 0..CHILDREN / AT_ONCE {
        let all: Vec<_> = (0..AT_ONCE).map(|_| start("hang")).collect();
        for running in &all {
            running.signal("TERM");
        }
        late.extend(all.into_iter().filter_map(end));
    }
    late.sort();
    if let Some(worst) = late.last() {
        let (flushed, half) = (late.len(), late[late.len() / 2]);
        println!(
            "{flushed} of {CHILDREN} have flushed, half within {half:?}, all within {worst:?}"
        );
    }
    until_flushed(|| {
        let running = start("hang");
        running.signal("TERM");
        end(running).is_some()
    });
}

#[test]
fn a_process_whose_exit_handler_hangs_is_aborted() {
    let running = start("stuck");
    running.signal("TERM");
    let (_, status) = running.end();
    assert_eq!(status.signal(), Some(Signal::SIGABRT as i32), "{status}");
}

#[test]
fn a_loop_without_a_check_does_not_keep_the_process() {
    let running = start("spin");
    running.signal("TERM");
    assert_forced(running.end().1);
}

#[test]
fn an_executor_whose_only_thread_spins_does_not_keep_it_either() {
    let mut heard = Vec::new();
    until_flushed(|| {
        let mut running = start("executor");
        let sent = since_epoch();
        running.signal("TERM");
        let begun = told(&running.wait_for("begun"), "begun").expect("a time");
        heard.push(begun.saturating_sub(sent));
        let (out, status) = running.end();
        assert_forced(status);
        out.contains("flushed")
    });
    println!("heard, and its task woken, {heard:?} after `kill` was called for");
}

/// Two that are not the same are two: the second flushes and ends. (Of two that are the same, the system makes one if the
/// first has not been heard.)
#[test]
fn two_signals_at_once_are_two() {
    until_flushed(|| {
        let running = start("patient");
        running.signal("TERM");
        running.signal("INT");
        let (out, status) = running.end();
        assert_forced(status);
        out.contains("flushed")
    });
}

#[test]
fn the_second_signal_flushes_and_ends_and_the_third_does_not_wait_for_that() {
    until_flushed(|| {
        let mut running = start("patient");
        running.signal("TERM");
        running.wait_for("begun");
        running.signal("TERM");
        let flushed = running.reads("flushed").is_some();
        let asked = Instant::now();
        running.signal("TERM");
        let (_, status) = running.end();
        println!(
            "gone {:?} after a third signal was asked for",
            asked.elapsed()
        );
        assert_forced(status);
        flushed
    });
}
