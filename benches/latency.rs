//! How late trips are, whether any is early, and what the ticker costs: `cargo bench --bench latency`.
//!
//! Percentiles and counts, for which criterion has no place. Exits with 1 if a trip came early.

use std::env;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{CancelToken, Tripped, loop_guard};

#[loop_guard(timeout = limit)]
fn spin(limit: Duration) -> Result<(), Tripped> {
    loop {
        black_box(());
    }
}

/// Checks rarely, so that many threads at once leave the processors free.
#[loop_guard(timeout = limit)]
fn doze(limit: Duration) -> Result<(), Tripped> {
    loop {
        thread::sleep(Duration::from_micros(100));
    }
}

/// The time from before the call until after the trip.
fn run(f: fn(Duration) -> Result<(), Tripped>, limit: Duration) -> Duration {
    let start = Instant::now();
    let outcome = f(black_box(limit));
    let elapsed = start.elapsed();
    assert!(outcome.is_err(), "an endless loop came to its end");
    elapsed
}

fn latency(runs: u32) {
    let limit = Duration::from_millis(50);
    let mut late: Vec<Duration> = (0..runs)
        .map(|_| run(spin, limit).saturating_sub(limit))
        .collect();
    println!(
        "trip latency past a deadline of {limit:?}, {runs} runs: {}",
        percentiles(&mut late)
    );
}

/// Budgets that begin without a clock read are promised to be late by less than 1 %. All runs at once, on threads that
/// mostly sleep.
fn long_budgets(runs: u64) {
    for limit in [Duration::from_secs(1), Duration::from_millis(6550)] {
        let mut late: Vec<Duration> = thread::scope(|scope| {
            let runs: Vec<_> = (0..runs)
                .map(|_| scope.spawn(|| run(doze, limit).saturating_sub(limit)))
                .collect();
            runs.into_iter()
                .map(|run| run.join().expect("it is left"))
                .collect()
        });
        let within = late.iter().filter(|late| **late <= limit / 100).count();
        println!(
            "trip latency past a deadline of {limit:?}, {within} of {runs} runs within 1 %: {}",
            percentiles(&mut late)
        );
    }
}

fn percentiles(late: &mut [Duration]) -> String {
    late.sort_unstable();
    let part = |percent: usize| late[(late.len() - 1) * percent / 100];
    format!(
        "p50 {:.1?}, p90 {:.1?}, p99 {:.1?}, max {:.1?}",
        part(50),
        part(90),
        part(99),
        part(100)
    )
}

#[loop_guard(cancel = token.clone())]
fn spin_until(token: &CancelToken, started: &AtomicBool) -> Result<(), Tripped> {
    loop {
        started.store(true, Ordering::Relaxed);
    }
}

/// Measures from `cancel()` on one thread until another thread is behind its loop.
fn cancels(runs: u32) {
    let mut late: Vec<Duration> = (0..runs)
        .map(|_| {
            let (token, started) = (CancelToken::new(), AtomicBool::new(false));
            thread::scope(|scope| {
                let worker = scope.spawn(|| {
                    let outcome = spin_until(&token, &started);
                    assert!(outcome.is_err(), "an endless loop came to its end");
                    Instant::now()
                });
                while !started.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                let start = Instant::now();
                token.cancel("bench");
                worker
                    .join()
                    .expect("it is left")
                    .saturating_duration_since(start)
            })
        })
        .collect();
    println!(
        "from cancel() to left loop, two threads, {runs} runs: {}",
        percentiles(&mut late)
    );
}

/// The next number of a fixed sequence, so that two runs try the same budgets.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Runs `f` with `total` random budgets of `from` to `to` nanoseconds; returns how many trips were
/// early, by the caller's own clock or by the error's account.
fn early(
    f: fn(Duration) -> Result<(), Tripped>,
    threads: u64,
    total: u64,
    from: u64,
    to: u64,
) -> u64 {
    let (early, latest) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..threads {
            let (early, latest) = (&early, &latest);
            scope.spawn(move || {
                let mut state = 0x9E37_79B9_7F4A_7C15 ^ (thread + 1);
                for _ in 0..total.div_ceil(threads) {
                    let limit = Duration::from_nanos(from + random(&mut state) % (to - from));
                    let elapsed = run(f, limit);
                    early.fetch_add(u64::from(elapsed < limit), Ordering::Relaxed);
                    let late = elapsed.saturating_sub(limit).as_nanos();
                    latest.fetch_max(u64::try_from(late).unwrap_or(u64::MAX), Ordering::Relaxed);
                }
            });
        }
    });
    let (early, latest) = (
        early.into_inner(),
        Duration::from_nanos(latest.into_inner()),
    );
    println!(
        "early trips in {total} random budgets of {:?} to {:?}, {threads} threads: {early} (the latest trip: {latest:.1?})",
        Duration::from_nanos(from),
        Duration::from_nanos(to),
    );
    early
}

/// Reads what the kernel knows about a thread, which is found by its name.
#[cfg(target_os = "linux")]
mod task {
    use std::fs;
    use std::path::PathBuf;
    use std::time::Duration;

    fn directory(name: &str) -> Option<PathBuf> {
        let named = |task: &PathBuf| {
            fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim() == name)
        };
        fs::read_dir("/proc/self/task")
            .ok()?
            .filter_map(|task| Some(task.ok()?.path()))
            .find(named)
    }

    /// The processor time of the thread so far.
    pub(crate) fn cpu(name: &str) -> Option<Duration> {
        let schedstat = fs::read_to_string(directory(name)?.join("schedstat")).ok()?;
        Some(Duration::from_nanos(
            schedstat.split_whitespace().next()?.parse().ok()?,
        ))
    }

    /// How often the thread has gone to sleep so far, which is once for every wake-up.
    pub(crate) fn sleeps(name: &str) -> Option<u64> {
        let status = fs::read_to_string(directory(name)?.join("status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        line.trim().parse().ok()
    }
}

/// On other systems neither can be read without foreign code.
#[cfg(not(target_os = "linux"))]
mod task {
    use std::time::Duration;

    pub(crate) fn cpu(_name: &str) -> Option<Duration> {
        None
    }

    pub(crate) fn sleeps(_name: &str) -> Option<u64> {
        None
    }
}

const TICKER: &str = "loop-guard";
const SLEEPER: &str = "sleeper";

#[loop_guard(timeout = "30s")]
fn with_a_scope_open(time: Duration) {
    // A loop that checks rarely, like one around blocking calls.
    let start = Instant::now();
    while start.elapsed() < time {
        thread::sleep(time / 300);
    }
}

/// The processor time and the wake-ups of the thread `name` while `wait` runs.
fn observe(name: &str, wait: impl FnOnce()) -> String {
    let read = || Some((task::cpu(name)?, task::sleeps(name)?));
    let (before, start) = (read(), Instant::now());
    wait();
    let wall = start.elapsed();
    match (before, read()) {
        (Some(before), Some(after)) => format!(
            "{:.4} % of a core, {} wake-ups in {wall:.1?}",
            100.0 * after.0.saturating_sub(before.0).as_secs_f64() / wall.as_secs_f64(),
            after.1 - before.1,
        ),
        _ => "not measured on this system".into(),
    }
}

fn ticker_cost(time: Duration) {
    with_a_scope_open(Duration::from_millis(20));
    println!(
        "ticker with the watchdog, one scope of 30 s open: {}",
        observe(TICKER, || (0..2).for_each(|_| with_a_scope_open(time)))
    );
    // The ticker stays awake for a while, in case another scope opens soon.
    thread::sleep(Duration::from_millis(600));
    println!(
        "ticker, no scope open: {}",
        observe(TICKER, || thread::sleep(time))
    );
    println!(
        "beside it, a thread that only sleeps, 80 ms at a time: {}",
        sleeper_cost(time)
    );
}

/// The processor time of a wake-up on this machine, by a thread that does nothing else.
fn sleeper_cost(time: Duration) -> String {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let sleep = || {
            while !done.load(Ordering::Relaxed) {
                thread::park_timeout(Duration::from_millis(80));
            }
        };
        let spawned = thread::Builder::new()
            .name(SLEEPER.into())
            .spawn_scoped(scope, sleep);
        thread::sleep(Duration::from_millis(20));
        let cost = observe(SLEEPER, || thread::sleep(2 * time));
        done.store(true, Ordering::Relaxed);
        drop(spawned);
        cost
    })
}

fn main() -> ExitCode {
    // `cargo test --benches` only checks that the bench runs.
    let full = env::args().any(|arg| arg == "--bench");
    let (runs, short, long) = if full {
        (200, 100_000, 320)
    } else {
        (3, 200, 0)
    };
    latency(runs);
    if full {
        long_budgets(32);
    }
    cancels(if full { 2_000 } else { 3 });
    ticker_cost(Duration::from_millis(if full { 16_000 } else { 100 }));
    // With more threads than processors, the clock reading of a thread that waits for a processor gets stale.
    let mut count = early(spin, 8, short, 1_000, 2_000_000);
    // Budgets that start without a clock read.
    count += early(doze, 32, long, 1_000_000_000, 1_100_000_000);
    if count == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
