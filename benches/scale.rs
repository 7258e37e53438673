//! The cost of a check, and of a tick of the ticker, by open scopes: `cargo bench --bench scale`.
//!
//! Scopes are nested on the measuring thread (1, 100, 100,000), or open on other threads beside it.
//! All sizes take turns in one run; the figures are medians of the rounds.

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use guard_runtime::loop_guard;

const ROUNDS: usize = 9;
const CHECKS: u32 = 4_000_000;

/// A scalar loop that is not run in strips: each iteration is a check.
#[loop_guard(inherit)]
#[inline(never)]
fn checks(n: u64) -> u64 {
    let (mut x, mut left) = (1u64, n);
    loop {
        if left == 0 {
            return x;
        }
        left -= 1;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
}

/// Runs `f` with `depth` scopes open.
#[loop_guard(timeout = "1h")]
fn nested(depth: u32, f: &mut dyn FnMut()) {
    if depth <= 1 {
        f();
    } else {
        nested(depth - 1, f);
    }
    black_box(());
}

fn nanos_per_check() -> f64 {
    let start = Instant::now();
    black_box(checks(black_box(CHECKS.into())));
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CHECKS)
}

/// Runs `f` while each of `threads` threads has a hundred scopes open.
fn beside(threads: usize, f: &mut dyn FnMut()) {
    let (open, close) = (
        Arc::new(Barrier::new(threads + 1)),
        Arc::new(Barrier::new(threads + 1)),
    );
    let handles: Vec<_> = (0..threads)
        .map(|_| {
            let (open, close) = (open.clone(), close.clone());
            std::thread::spawn(move || {
                nested(100, &mut || {
                    open.wait();
                    close.wait();
                });
            })
        })
        .collect();
    open.wait();
    nested(1, f);
    close.wait();
    for handle in handles {
        handle.join().expect("a thread that only waits");
    }
}

/// The processor time of the ticker in nanoseconds and the number of its runs so far; `None` if the kernel does not
/// tell.
fn ticker() -> Option<(f64, f64)> {
    for task in std::fs::read_dir("/proc/self/task").ok()? {
        let task = task.ok()?.path();
        if std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "loop-guard")
        {
            let stat = std::fs::read_to_string(task.join("schedstat")).ok()?;
            let mut numbers = stat.split_whitespace().map(str::parse::<f64>);
            let (busy, _waiting, runs) =
                (numbers.next()?.ok()?, numbers.next(), numbers.next()?.ok()?);
            return Some((busy, runs));
        }
    }
    None
}

/// Microseconds per wake-up of the ticker over half a second.
fn micros_per_tick() -> Option<f64> {
    let (busy, runs) = ticker()?;
    std::thread::sleep(Duration::from_millis(500));
    let (busy_then, runs_then) = ticker()?;
    Some((busy_then - busy) / (runs_then - runs) / 1e3)
}

type Setting = (&'static str, Box<dyn Fn(&mut dyn FnMut())>);

fn settings() -> Vec<Setting> {
    vec![
        ("no scope", Box::new(|f| f())),
        ("1 scope", Box::new(|f| nested(1, f))),
        ("100 nested", Box::new(|f| nested(100, f))),
        ("100,000 nested", Box::new(|f| nested(100_000, f))),
        ("10 threads x 100", Box::new(|f| beside(10, f))),
        ("200 threads x 100", Box::new(|f| beside(200, f))),
    ]
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn show(value: Option<f64>) -> String {
    value.map_or_else(|| "not measured".to_owned(), |value| format!("{value:.3}"))
}

fn measure() {
    let settings = settings();
    let mut checks = vec![Vec::new(); settings.len()];
    let mut ticks = vec![Vec::new(); settings.len()];
    for _ in 0..ROUNDS {
        for (index, (_, within)) in settings.iter().enumerate() {
            within(&mut || checks[index].push(nanos_per_check()));
        }
    }
    for (index, (_, within)) in settings.iter().enumerate() {
        within(&mut || ticks[index].extend(micros_per_tick()));
    }
    println!(
        "{:20} {:>16} {:>16}",
        "open", "ns per iteration", "us per tick"
    );
    for (index, (name, _)) in settings.iter().enumerate() {
        println!(
            "{name:20} {:>16} {:>16}",
            show(median(checks[index].clone())),
            show(median(ticks[index].clone()))
        );
    }
}

fn main() {
    // A hundred thousand activations need a large stack.
    let deep = std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(measure);
    deep.expect("a thread with a stack of 256 MiB")
        .join()
        .expect("the measurement");
}
