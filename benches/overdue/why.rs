//! Threads that hang, each for a known reason, and what the watchdog reports about them.

use std::collections::BTreeMap;
use std::hint::spin_loop;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Event, Why, add_hook};

use crate::starve::Starvation;

const RUNS: usize = 100;

/// The cause in the first report of each scope, by the name of its thread.
static TOLD: Mutex<BTreeMap<String, Why>> = Mutex::new(BTreeMap::new());

fn told(of: &str) -> Vec<Why> {
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let ours = told.iter().filter(|(thread, _)| thread.starts_with(of));
    ours.map(|(_, why)| why.clone()).collect()
}

/// A hundred hangs of one kind, this many at a time.
struct Kind {
    name: &'static str,
    at_once: usize,
    /// Hangs until it is released.
    hang: fn(&AtomicBool, &mpsc::Receiver<()>),
    is_right: fn(&Why) -> bool,
}

fn waits_in(why: &Why, calls: &[&str]) -> bool {
    matches!(why, Why::Waiting { syscall, .. } if calls.contains(&&**syscall))
}

static HELD: Mutex<()> = Mutex::new(());

/// Where there is such a group.
static STARVATION: OnceLock<Starvation> = OnceLock::new();

fn spin(over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        spin_loop();
    }
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "recv",
        at_once: RUNS,
        hang: |_, released| _ = released.recv(),
        is_right: |why| waits_in(why, &["futex"]),
    },
    Kind {
        name: "mutex",
        at_once: RUNS,
        hang: |_, _| drop(HELD.lock()),
        is_right: |why| waits_in(why, &["futex"]),
    },
    Kind {
        name: "sleep",
        at_once: RUNS,
        hang: |_, _| thread::sleep(Duration::from_secs(5)),
        is_right: |why| waits_in(why, &["nanosleep", "clock_nanosleep"]),
    },
    Kind {
        name: "child",
        at_once: 20,
        hang: |_, _| {
            let mut command = Command::new("sleep");
            _ = command.arg("5").stdin(Stdio::null()).status();
        },
        is_right: |why| waits_in(why, &["wait4", "waitid"]),
    },
    Kind {
        name: "loop",
        // One on each processor.
        at_once: 0,
        hang: |over, _| spin(over),
        is_right: |why| *why == Why::Running,
    },
];

const STARVED: Kind = Kind {
    name: "starved",
    at_once: RUNS,
    hang: |over, _| {
        let group = STARVATION.get().expect("it was made");
        group.join().expect("a thread joins");
        spin(over);
    },
    is_right: |why| *why == Why::Starved,
};

impl Kind {
    /// How many of the runs were reported, and how many of those with the right cause.
    fn run(&self) -> (usize, usize) {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let at_once = if self.at_once == 0 {
            processors
        } else {
            self.at_once
        };
        let mut done = 0;
        while done < RUNS {
            let batch = at_once.min(RUNS - done);
            let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
            let over = AtomicBool::new(false);
            thread::scope(|scope| {
                let releases: Vec<_> = (done..done + batch)
                    .map(|run| {
                        let (release, released) = mpsc::channel();
                        let over = &over;
                        let thread = thread::Builder::new().name(format!("{} {run:03}", self.name));
                        let hang = move || {
                            let budget = Budget::timeout(Duration::from_millis(50));
                            _ = budget.named("hangs").run(|| (self.hang)(over, &released));
                        };
                        thread.spawn_scoped(scope, hang).expect("a thread");
                        release
                    })
                    .collect();
                for _ in 0..500 {
                    thread::sleep(Duration::from_millis(10));
                    if told(self.name).len() == done + batch {
                        break;
                    }
                }
                over.store(true, Ordering::Relaxed);
                if let Some(group) = STARVATION.get() {
                    group.feed().expect("threads go on");
                }
                drop(releases);
                drop(held);
            });
            done += batch;
        }
        let told = told(self.name);
        (
            told.len(),
            told.iter().filter(|why| (self.is_right)(why)).count(),
        )
    }
}

/// Whether the watchdog was right each time.
pub(crate) fn run() -> bool {
    add_hook(|event| {
        if let Event::Overdue { thread, why, .. } = event {
            let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
            told.entry(thread.clone()).or_insert_with(|| why.clone());
        }
    });
    let is_right = |kind: &Kind| {
        let (reported, rightly) = kind.run();
        println!(
            "{}: {reported} of {RUNS} reported, {rightly} rightly",
            kind.name
        );
        rightly == RUNS
    };
    let wrong = KINDS.iter().filter(|kind| !is_right(kind)).count();
    let right = wrong == 0;
    match Starvation::new() {
        Ok(group) => {
            let group = STARVATION.get_or_init(|| group);
            let right = is_right(&STARVED) && right;
            if let Err(error) = group.end() {
                eprintln!("the control group stays behind: {error}");
            }
            right
        }
        Err(error) => {
            println!("starved: not tried, since there is no control group for it: {error}");
            right
        }
    }
}
