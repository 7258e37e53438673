//! Real signals, sent to child processes: this test program, run again with one scenario.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use guard_runtime::shutdown::Shutdown;

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
        println!("flushed");
        if stubborn {
            never_return();
        }
    });
    println!("ready");
    let report = shutdown.wait();
    println!("{report}");
    if hang {
        never_return();
    }
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
    fn wait_for(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "no `{word}`");
        }
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

/// A machine under load may give a thread no processor in the 100 ms that the hooks have: then the process ends without
/// them, as it must. That is not the rule.
#[test]
fn a_process_that_hangs_is_gone_by_its_grace_and_has_flushed() {
    const CHILDREN: usize = 200;
    const AT_ONCE: usize = 10;
    let mut flushed = 0;
    for _ in 0..CHILDREN / AT_ONCE {
        let all: Vec<_> = (0..AT_ONCE).map(|_| start("hang")).collect();
        for running in &all {
            running.signal("TERM");
        }
        for running in all {
            let (out, status) = running.end();
            flushed += usize::from(out.contains("flushed"));
            assert_eq!(status.code(), Some(70), "{status}");
        }
    }
    assert!(flushed > CHILDREN / 2, "{flushed} of {CHILDREN}");
}

#[test]
fn a_loop_without_a_check_does_not_keep_the_process() {
    let running = start("spin");
    running.signal("TERM");
    assert_eq!(running.end().1.code(), Some(70));
}

/// Two different signals count as two: the second flushes and ends. (Of two equal ones, the system makes one if the
/// first has not been received yet.)
#[test]
fn two_signals_at_once_are_two() {
    let flushes = |_| {
        let running = start("hang");
        running.signal("TERM");
        running.signal("INT");
        let (out, status) = running.end();
        assert_eq!(status.code(), Some(70), "{status}");
        out.contains("flushed")
    };
    assert!((0..20).any(flushes), "one that gets a processor does");
}

#[test]
fn the_second_signal_flushes_and_ends_and_the_third_does_not_wait_for_that() {
    let mut running = start("patient");
    running.signal("TERM");
    thread::sleep(Duration::from_millis(50));
    running.signal("TERM");
    running.wait_for("flushed");
    running.signal("TERM");
    let (_, status) = running.end();
    assert_eq!(status.code(), Some(70), "{status}");
}
