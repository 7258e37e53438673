//! Snapshots while threads enter and leave: everything that is listed was true.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, loop_guard, snapshot};

const HOUR: Duration = Duration::from_secs(3600);
/// Its scopes read the clock when they open.
const SHORT: Duration = Duration::from_millis(900);
const SCOPES: u32 = 20_000;

/// Nested scopes of four kinds, as deep as the round says, each with a limit that no other has.
fn nest(round: u32) {
    match round % 4 {
        0 => outer(round / 4),
        1 => inner(round / 4),
        2 => drop(budget(3 * HOUR, "stress::budget").run(|| deeper(round / 4))),
        _ => drop(budget(SHORT, "stress::short").run(|| deeper(round / 4))),
    }
}

fn budget(limit: Duration, name: &'static str) -> Budget {
    Budget::timeout(limit).named(name)
}

fn deeper(round: u32) {
    if round != 0 {
        nest(round);
    }
}

#[loop_guard(timeout = "1h", name = "stress::outer")]
fn outer(round: u32) {
    for _ in 0..1 {
        deeper(round);
    }
}

#[loop_guard(timeout = "2h", name = "stress::inner")]
fn inner(round: u32) {
    for _ in 0..1 {
        deeper(round);
    }
}

fn limit(name: &str) -> Option<Duration> {
    match name {
        "stress::outer" => Some(HOUR),
        "stress::inner" => Some(2 * HOUR),
        "stress::budget" => Some(3 * HOUR),
        "stress::short" => Some(SHORT),
        _ => None,
    }
}

/// Ends the threads, even if the test fails.
struct Ends<'o>(&'o AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn what_a_snapshot_lists_was_true_though_threads_enter_and_leave_all_the_time() {
    let over = AtomicBool::new(false);
    let begun = Instant::now();
    let mut seen = 0;
    thread::scope(|scope| {
        let _ends = Ends(&over);
        for thread in 0..3 {
            let over = &over;
            let rounds = move || {
                let mut round: u32 = thread;
                while !over.load(Ordering::Relaxed) {
                    round = round.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    nest(round >> 22);
                }
            };
            let builder = thread::Builder::new().name(format!("stress {thread}"));
            builder.spawn_scoped(scope, rounds).unwrap();
        }
        // However rarely the threads get CPU time.
        while seen < SCOPES {
            let before = Instant::now();
            let open = snapshot();
            // A scope may have begun while the others were read; and a little more than a gap between ticks.
            let took = before.elapsed() + Duration::from_millis(100);
            let age = begun.elapsed() + Duration::from_millis(100);
            for scope in &open {
                let Some(limit) = limit(scope.name()) else {
                    continue;
                };
                seen += 1;
                assert!(
                    scope.place().to_string().starts_with("thread stress "),
                    "{open}"
                );
                assert!(scope.depth() < 8, "{open}");
                assert!(
                    scope.age().is_some_and(|of_scope| of_scope <= age),
                    "{open}"
                );
                let left = scope.remaining().unwrap();
                assert!(left <= limit + took, "{open}");
                assert!(
                    left + age >= limit || limit < Duration::from_secs(1),
                    "{open}"
                );
            }
        }
    });
}
