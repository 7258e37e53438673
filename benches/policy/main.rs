//! What a policy costs a call that it lets through, and what circuit breakers do on one schedule, beside their peers:
//! `cargo bench --features policy --bench policy`; with `-- schedules`, the second table alone.

mod peers;
mod schedules;

use std::cell::RefCell;
use std::future::ready;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use failsafe::{CircuitBreaker, Config, backoff, failure_policy};
use guard_runtime::policy::{Breaker, Bulkhead, Errors};
use guard_runtime::{Budget, loop_guard};
use peers::{Guarded, OPEN, Opens, Peer};
use recloser::Recloser;

static BREAKER: Breaker = Breaker::new();
static JUDGING: Breaker<Errors<u32>> = Breaker::new().errors(|_| true);

/// Rounds are so short that most of them are not disturbed.
const CALLS: u32 = 20_000;
const ROUNDS: u32 = 500;

/// After this time, no round begins.
const PATIENCE: Duration = Duration::from_secs(3);

#[inline(never)]
fn call(x: u64) -> Result<u64, u32> {
    black_box(x).checked_add(1).ok_or(0)
}

/// Prints one row of the table, for each number of threads that make calls all the time.
fn row(name: &str, f: impl Fn(u64) + Sync) {
    print!("{name:28}");
    for threads in [1, 2] {
        let nanos = fastest(threads, &f).as_secs_f64() * 1e9 / f64::from(CALLS);
        print!("{nanos:>12.2}");
    }
    println!();
}

/// The shortest round; the slowest thread's time counts.
fn fastest(threads: usize, f: &(impl Fn(u64) + Sync)) -> Duration {
    let start = Barrier::new(threads);
    let one = || {
        Budget::timeout(Duration::from_secs(3600)).run(|| {
            start.wait();
            let all = Instant::now();
            let rounds = (0..ROUNDS).take_while(|round| *round == 0 || all.elapsed() < PATIENCE);
            let rounds = rounds.map(|_| {
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

fn costs() {
    println!("{:28}{:>12}{:>12}", "ns a call", "1 thread", "2 threads");
    row("the call alone", |x| _ = black_box(call(x)));
    row("Breaker::run", |x| {
        _ = black_box(BREAKER.run(|| call(x)));
    });
    row("Breaker::run, judging", |x| {
        _ = black_box(JUDGING.run(|| call(x)));
    });
    let policy = failure_policy::consecutive_failures(5, backoff::constant(OPEN));
    let failsafe = Config::new().failure_policy(policy).build();
    row("failsafe", |x| {
        _ = black_box(failsafe.call(|| call(x)));
    });
    let recloser = Recloser::custom().closed_len(5).half_open_len(1).build();
    row("recloser", |x| {
        _ = black_box(recloser.call(|| call(x)));
    });
    let service = peers::service(Opens::InARow, |x: u64| {
        ready(call(x).map(drop).map_err(drop))
    });
    thread_local! {
        /// Each thread has a clone, like the connections of a server.
        static CLONE: RefCell<Option<Guarded<u64>>> = const { RefCell::new(None) };
    }
    let service = std::sync::Mutex::new(service);
    row("tower-resilience, a service", |x| {
        CLONE.with_borrow_mut(|clone| {
            let clone = clone.get_or_insert_with(|| service.lock().expect("nobody panics").clone());
            black_box(peers::made(clone, x));
        });
    });
}

static ONE: Bulkhead = Bulkhead::new(1);

#[loop_guard(inherit)]
fn run_away() {
    loop {
        black_box(());
    }
}

/// Measures how long after the deadline of an endless loop its permit is returned.
fn permits() {
    const LIMIT: Duration = Duration::from_millis(20);
    let mut late: Vec<_> = (0..300)
        .map(|_| {
            let begun = Instant::now();
            let outcome = Budget::timeout(LIMIT).run(|| ONE.run(run_away));
            let late = begun.elapsed().saturating_sub(LIMIT);
            assert!(matches!(outcome, Ok(Err(_))) && ONE.available() == 1);
            late
        })
        .collect();
    late.sort_unstable();
    println!(
        "the permit of a loop without end, after its deadline: half within {:.3?}, 99 % within {:.3?}",
        late[150], late[297]
    );
}

/// Builds a breaker.
type New = fn(Opens) -> Box<dyn Peer>;

/// A number that a schedule results in, or `None`.
type Schedule = fn(&'static dyn Peer) -> Option<u32>;

fn behaviour() {
    let peers: [(&str, New); 4] = [
        ("loop guard", peers::loop_guard),
        ("failsafe", peers::failsafe),
        ("recloser", peers::recloser),
        ("tower-resilience", peers::tower_resilience),
    ];
    print!("{:64}", "on one schedule");
    for (name, _) in &peers {
        print!("{name:>18}");
    }
    println!();
    let schedules: [(&str, Opens, Schedule); 4] = [
        (
            "of 1,000 callers at half-open, how many are let through",
            Opens::InARow,
            |peer| Some(schedules::let_through(peer)),
        ),
        (
            "open for 20 ms, then a probe hangs: the next one after ms",
            Opens::InARow,
            schedules::kept_out_by_a_hanging_probe,
        ),
        (
            "calls from before it opened fail once it is closed: it opens",
            Opens::InARow,
            |peer| Some(schedules::moved_by_late_failures(peer)),
        ),
        (
            "10^6 successes, then 50 % failures: open after % of a window",
            Opens::AtHalf,
            schedules::opens_after_successes,
        ),
    ];
    let number =
        |number: Option<u32>| number.map_or("never".to_owned(), |number| number.to_string());
    for (what, opens, schedule) in schedules {
        print!("{what:64}");
        for (_, new) in &peers {
            // Leaked: its jobs call it again, and outlive every scope.
            let peer: &'static dyn Peer = Box::leak(new(opens));
            print!("{:>18}", number(schedule(peer)));
        }
        println!();
    }
    print!("{:64}", "1,000 calls that fail, 3 attempts each: retries");
    println!(
        "{:>18}{:>18}{:>18}{:>18}",
        schedules::retries(),
        "has none",
        "has none",
        schedules::retries_of_tower_resilience()
    );
}

fn main() {
    if !std::env::args().any(|argument| argument == "schedules") {
        costs();
        println!();
        permits();
        println!();
    }
    behaviour();
}
