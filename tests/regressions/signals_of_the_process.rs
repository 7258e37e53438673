//! A signal that every thread of the program blocks, to be taken by `sigwait`, went to the ticker's thread and killed
//! the process.
#![cfg(all(target_os = "linux", feature = "signal-mask"))]

use std::fs;
use std::time::Duration;

use guard_runtime::{Budget, checkpoint};

/// The signals that the threads of this name block, as a bit mask: signal n is bit n - 1.
fn blocked_by(name: &str) -> Vec<u64> {
    let threads = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let mut masks = Vec::new();
    for thread in threads {
        let path = thread.expect("a thread").path();
        // A thread that has ended meanwhile has no files.
        let read = |file| fs::read_to_string(path.join(file)).unwrap_or_default();
        if read("comm").trim() != name {
            continue;
        }
        let status = read("status");
        let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
        masks.extend(mask.map(|mask| u64::from_str_radix(mask.trim(), 16).expect("a mask")));
    }
    masks
}

#[test]
fn the_ticker_blocks_them_and_nobody_else() {
    let outcome = Budget::timeout(Duration::from_secs(60)).run(|| {
        checkpoint().expect("a minute is enough");
        blocked_by("loop-guard")
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
