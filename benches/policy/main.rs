//! What a policy costs a call that it lets through, and what circuit breakers do on one schedule, beside their peers:
//! `cargo bench --bench policy`.

mod schedules;

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::Budget;
use guard_runtime::policy::{Breaker, Errors};
use schedules::{Failsafe, LoopGuard, Peer, ReCloser};

static BREAKER: Breaker = Breaker::new();
static JUDGING: Breaker<Errors<u32>> = Breaker::new().errors(|_| true);

/// Short rounds, of which most are not disturbed.
const CALLS: u32 = 20_000;
const ROUNDS: u32 = 500;

#[inline(never)]
fn call(x: u64) -> Result<u64, u32> {
    black_box(x).checked_add(1).ok_or(0)
}

/// One row of the table: with so many threads that call all the time.
fn row(name: &str, f: impl Fn(u64) + Sync) {
    print!("{name:28}");
    for threads in [1, 2] {
        let nanos = fastest(threads, &f).as_secs_f64() * 1e9 / f64::from(CALLS);
        print!("{nanos:>12.2}");
    }
    println!();
}

/// The shortest round of the slowest thread.
fn fastest(threads: usize, f: &(impl Fn(u64) + Sync)) -> Duration {
    let start = Barrier::new(threads);
    let one = || {
        Budget::timeout(Duration::from_secs(3600)).run(|| {
            start.wait();
            let rounds = (0..ROUNDS).map(|_| {
                let begun = Instant::now();
                for x in 0..u64::from(CALLS) {
                    f(x);
                }
                begun.elapsed()
            });
            rounds.min().unwrap_or_default()
        })
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let times = threads
            .into_iter()
            .map(|thread| thread.join().expect("no call panics"));
        times.filter_map(Result::ok).max().unwrap_or_default()
    })
}

/// A count that it comes to.
type Schedule = fn(&dyn Peer) -> u32;

fn main() {
    println!("{:28}{:>12}{:>12}", "ns a call", "1 thread", "2 threads");
    row("the call alone", |x| _ = black_box(call(x)));
    row("Breaker::run", |x| {
        _ = black_box(BREAKER.run(|| call(x)));
    });
    row("Breaker::run, judging", |x| {
        _ = black_box(JUDGING.run(|| call(x)));
    });
    let peers: [(&str, Box<dyn Peer>); 3] = [
        ("loop guard", Box::new(LoopGuard::new())),
        ("failsafe", Box::new(Failsafe::new())),
        ("recloser", Box::new(ReCloser::new())),
    ];
    for (name, peer) in &peers[1..] {
        row(name, |x| {
            black_box(peer.call(&mut || call(x).map(drop).map_err(drop)));
        });
    }
    println!();
    print!("{:60}", "on one schedule");
    for (name, _) in &peers {
        print!("{name:>12}");
    }
    println!();
    let schedules: [(&str, Schedule); 2] = [
        (
            "of 1,000 callers at half-open, how many are let through",
            schedules::let_through,
        ),
        (
            "a call that began before it opened fails late: it opens",
            schedules::moved_by_late_failures,
        ),
    ];
    for (what, schedule) in schedules {
        print!("{what:60}");
        for (_, peer) in &peers {
            print!("{:>12}", schedule(&**peer));
        }
        println!();
    }
}
