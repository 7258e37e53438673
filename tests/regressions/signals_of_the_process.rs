//! A signal that every thread of the program blocks, to be taken by `sigwait`, went to the ticker's thread and killed
//! the process.
#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "there is no fork without")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio, exit};
use std::time::Duration;

use guard_runtime::{Budget, checkpoint};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, alarm, fork, getpid};

/// The environment variable that is set in the child: when the signal is blocked.
const CHILD: &str = "SIGNALS_OF_THE_PROCESS";
const BEFORE: &str = "before the first guard";
const AFTER: &str = "after the first guard";

/// The folders of the ticker's threads. A thread gives itself its name, and before that it blocks all signals.
fn tickers() -> Vec<PathBuf> {
    let threads = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let paths = threads.map(|thread| thread.expect("a thread").path());
    // A thread that has ended meanwhile has no files.
    let is_named = |path: &PathBuf| {
        let name = fs::read_to_string(path.join("comm")).unwrap_or_default();
        name.trim() == "loop-guard"
    };
    paths.filter(is_named).collect()
}

/// In a process with one thread and no guard so far: takes a signal that this thread blocks.
fn takes_a_signal(when: &str) -> bool {
    // A child that hangs is ended by this signal.
    alarm::set(120);
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGUSR1);
    let block = || signals.thread_block().expect("it is a valid set");
    if when == BEFORE {
        block();
    }
    let guarded = Budget::timeout(Duration::from_secs(60)).run(checkpoint);
    assert!(guarded.expect("nothing unwinds").is_ok());
    while tickers().is_empty() {
        std::thread::yield_now();
    }
    if when == AFTER {
        block();
    }
    kill(getpid(), Signal::SIGUSR1).expect("it is this process");
    signals.wait() == Ok(Signal::SIGUSR1)
}

/// What [`ends`] starts, alone in a process; by itself, it does nothing.
#[test]
fn child() {
    let Ok(when) = std::env::var(CHILD) else {
        return;
    };
    // The test harness has a thread of its own, and its child has not.
    // SAFETY: the harness's thread waits, and holds no lock.
    match unsafe { fork() }.expect("a process") {
        ForkResult::Child => exit(i32::from(!takes_a_signal(&when))),
        ForkResult::Parent { child } => {
            let killed = match waitpid(child, None).expect("the child ends") {
                WaitStatus::Exited(_, 0) => false,
                WaitStatus::Signaled(_, Signal::SIGUSR1, _) => true,
                other => panic!("{other:?}"),
            };
            println!("\nkilled: {killed}");
        }
    }
}

/// Whether the signal ends a process that waits for it.
fn ends(when: &str) -> bool {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["signals_of_the_process::child", "--exact", "--nocapture"])
        .env(CHILD, when)
        .stdin(Stdio::null())
        .output()
        .expect("this program once more");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    let killed = told.lines().find_map(|line| line.strip_prefix("killed: "));
    killed.expect("a line of its own") == "true"
}

#[test]
fn one_that_is_blocked_before_the_first_guard_is_taken() {
    assert!(!ends(BEFORE));
}

/// The documented default. With the feature, the ticker blocks all signals.
#[test]
fn one_that_is_blocked_later_ends_the_process_unless_the_ticker_blocks_it() {
    assert_eq!(ends(AFTER), cfg!(not(feature = "signal-mask")));
}

#[cfg(feature = "signal-mask")]
mod masks {
    use std::fs;
    use std::time::Duration;

    use guard_runtime::{Budget, checkpoint};

    /// The signals that the ticker blocks, as a bit mask: signal n is bit n - 1.
    fn blocked() -> Vec<u64> {
        let mut masks = Vec::new();
        for path in super::tickers() {
            let status = fs::read_to_string(path.join("status")).unwrap_or_default();
            let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
            masks.extend(mask.map(|mask| u64::from_str_radix(mask.trim(), 16).expect("a mask")));
        }
        masks
    }

    #[test]
    fn the_ticker_blocks_them_and_nobody_else() {
        let outcome = Budget::timeout(Duration::from_secs(60)).run(|| {
            loop {
                checkpoint().expect("a minute is enough");
                let masks = blocked();
                if !masks.is_empty() {
                    return masks;
                }
            }
        });
        let masks = outcome.expect("nothing unwinds");
        assert_eq!(masks.len(), 1, "one ticker");
        // SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM, SIGCHLD.
        for signal in [1, 2, 10, 12, 14, 15, 17] {
            assert!(
                masks[0] & 1 << (signal - 1) != 0,
                "{signal}: {:x}",
                masks[0]
            );
        }
        let here = fs::read_to_string("/proc/thread-self/status").expect("this thread");
        assert!(here.contains("SigBlk:\t0000000000000000"), "{here}");
    }
}
