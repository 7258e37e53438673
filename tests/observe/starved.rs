//! A thread that is ready to run and gets no CPU time, for real: in the lowest scheduling class, on one processor
//! with others that spin.

use std::hint::spin_loop;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Event, Why};

use crate::told;

const NAME: &str = "starved::thread";

/// The kernel's number of this thread.
fn number() -> Option<String> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(link.file_name()?.to_str()?.to_owned())
}

/// Whether the command changed the thread that it names.
fn changed(command: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(command);
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn pin() -> bool {
    number().is_some_and(|number| changed("taskset", &["-pc", "0", &number]))
}

fn sink() -> bool {
    number().is_some_and(|number| changed("chrt", &["-i", "-p", "0", &number]))
}

/// Whether this process runs at a lower priority than usual. Its own threads then hardly outweigh the lowest class.
fn is_niced() -> bool {
    let printed = Command::new("nice").output().map(|nice| nice.stdout);
    printed.is_ok_and(|text| text.trim_ascii() != b"0")
}

fn reasons() -> Vec<Why> {
    told(|event| match event {
        Event::Overdue { scope, why, .. } if *scope == NAME => Some(why.clone()),
        _ => None,
    })
}

#[test]
fn a_thread_without_a_processor_is_starved() {
    if thread::available_parallelism().map_or(1, usize::from) < 2 {
        println!("skipped: there is one processor, and the watchdog needs another");
        return;
    }
    if is_niced() {
        println!("skipped: the tests run at a lower priority, so that no thread starves another");
        return;
    }
    _ = reasons();
    let over = Arc::new(AtomicBool::new(false));
    let spin = |over: &AtomicBool| {
        while !over.load(Ordering::Relaxed) {
            spin_loop();
        }
    };
    let spinners: Vec<_> = (0..4)
        .map(|_| {
            let over = Arc::clone(&over);
            thread::spawn(move || {
                if pin() {
                    spin(&over);
                }
            })
        })
        .collect();
    let starved = {
        let over = Arc::clone(&over);
        thread::spawn(move || {
            // A thread in the lowest class may wait long for its next command.
            if !pin() || !sink() {
                return false;
            }
            _ = Budget::timeout(Duration::from_millis(50))
                .named(NAME)
                .run(|| spin(&over));
            true
        })
    };
    let begun = Instant::now();
    let seen = loop {
        // It may run for a slice between two samples: then a later report tells.
        if reasons().contains(&Why::Starved) || starved.is_finished() {
            break true;
        }
        if begun.elapsed() > Duration::from_secs(30) {
            break false;
        }
        thread::sleep(Duration::from_millis(20));
    };
    over.store(true, Ordering::Relaxed);
    for spinner in spinners {
        spinner.join().unwrap();
    }
    if starved.join().unwrap() {
        assert!(seen, "{:?}", reasons());
    } else {
        println!(
            "skipped: `taskset` and `chrt` (Debian's `util-linux`) may not change a thread here"
        );
    }
}
