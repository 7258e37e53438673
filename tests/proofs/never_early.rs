//! Never early, in real time: no budget trips before it is spent, whatever the ticker does.
//!
//! A test program of its own, since starving the ticker affects the whole process.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Cause, Tripped, checkpoint, loop_guard};
use harness::Random;

/// The tests starve the same ticker, so they run one at a time.
static TURN: Mutex<()> = Mutex::new(());

const MILLI: Duration = Duration::from_millis(1);

/// Starves the ticker until this is dropped.
struct Starved;

impl Starved {
    fn by(stall: Duration) -> Self {
        guard_runtime::__private::starve_ticker(stall);
        Self
    }
}

impl Drop for Starved {
    fn drop(&mut self) {
        guard_runtime::__private::starve_ticker(Duration::ZERO);
    }
}

/// A local of a guarded body: reads the clock as soon as the loop is left.
struct Left<'t>(&'t mut Option<Instant>);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[loop_guard(timeout = budget)]
fn spin(budget: Duration, left: &mut Option<Instant>) -> Result<(), Tripped> {
    let _left = Left(left);
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(timeout = budget)]
fn doze(budget: Duration, left: &mut Option<Instant>) -> Result<(), Tripped> {
    let _left = Left(left);
    loop {
        thread::sleep(Duration::from_micros(100));
    }
}

/// Measures `function` from just before its entry to just after it was left.
fn assert_not_early(
    budget: Duration,
    function: fn(Duration, &mut Option<Instant>) -> Result<(), Tripped>,
) {
    let mut left = None;
    let before = Instant::now();
    let tripped = function(budget, &mut left).unwrap_err();
    // If the entry tripped, the body has not begun.
    let took = left.unwrap_or_else(Instant::now) - before;
    assert!(took >= budget, "{budget:?} tripped after {took:?}");
    assert_told(&tripped, budget);
}

/// Asserts that the error reports the budget, and more time than that.
fn assert_told(tripped: &Tripped, budget: Duration) {
    match tripped.cause() {
        Cause::Timeout { limit, elapsed } => {
            assert_eq!(limit, budget);
            assert!(elapsed > limit, "{tripped}");
        }
        other => panic!("{other:?}"),
    }
}

/// From a microsecond to 20 ms; every order of magnitude is equally likely.
fn random_budget(random: &mut Random) -> Duration {
    let most = 20_000_000_u64 >> random.below(15);
    Duration::from_nanos(1000 + random.below(most))
}

/// Runs `work` on several threads, which preempt each other and the ticker.
fn on_threads(count: u64, work: impl Fn(Random) + Sync) {
    thread::scope(|scope| {
        for seed in 0..count {
            let work = &work;
            scope.spawn(move || work(Random::new(seed)));
        }
    });
}

#[test]
fn thousands_of_random_budgets() {
    let _turn = TURN.lock();
    on_threads(4, |mut random| {
        for _ in 0..1000 {
            assert_not_early(random_budget(&mut random), spin);
        }
    });
}

#[test]
fn short_budgets_under_a_starved_ticker() {
    let _turn = TURN.lock();
    for stall in [MILLI, MILLI * 30] {
        let _starved = Starved::by(stall);
        on_threads(4, |mut random| {
            for _ in 0..20 {
                assert_not_early(random_budget(&mut random), spin);
            }
        });
    }
}

/// Enters at any time after this thread has seen a word, so that no clock is read.
fn enter_on_a_stale_word(random: &mut Random, budget: Duration) {
    let outcome = Budget::timeout(Duration::from_secs(3600)).run(|| {
        let _ = checkpoint();
        thread::sleep(Duration::from_micros(random.below(40_000)));
        assert_not_early(budget, doze);
    });
    assert!(outcome.is_ok());
}

/// Budgets of a second or more start at the published word, which is old if the ticker is starved.
#[test]
fn long_budgets_under_a_starved_ticker() {
    let _turn = TURN.lock();
    for stall in [Duration::ZERO, MILLI * 5, MILLI * 40, MILLI * 400] {
        let _starved = Starved::by(stall);
        on_threads(16, |mut random| {
            let budget = Duration::from_millis(1000 + random.below(200));
            enter_on_a_stale_word(&mut random, budget);
        });
    }
}

/// Signals that a test is over, even if it has failed.
struct Over<'d>(&'d AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The ticker recovers while scopes are open: what it missed must still be accounted for.
#[test]
fn long_budgets_under_a_ticker_that_comes_and_goes() {
    let _turn = TURN.lock();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut random = Random::new(99);
            while !done.load(Ordering::Relaxed) {
                let _starved = Starved::by(Duration::from_micros(random.below(80_000)));
                thread::sleep(Duration::from_micros(random.below(60_000)));
            }
        });
        let _over = Over(&done);
        on_threads(16, |mut random| {
            for _ in 0..2 {
                let budget = Duration::from_millis(1000 + random.below(50));
                enter_on_a_stale_word(&mut random, budget);
            }
        });
    });
}

/// Many entries under one word, all in one gap between ticks, and none reads the clock.
#[test]
fn long_budgets_entered_all_through_a_gap() {
    let _turn = TURN.lock();
    let _starved = Starved::by(MILLI * 100);
    on_threads(8, |mut random| {
        let outcome = Budget::timeout(Duration::from_secs(3600)).run(|| {
            let until = Instant::now() + Duration::from_micros(random.below(300_000));
            while Instant::now() < until {
                // In and out: each entry leaves a word behind for the next.
                let entered = Budget::timeout(Duration::from_secs(5)).run(checkpoint);
                assert!(entered.unwrap().is_ok());
            }
            assert_not_early(Duration::from_secs(1), doze);
        });
        assert!(outcome.is_ok());
    });
}

#[loop_guard(timeout = "5ms")]
#[allow(deprecated, reason = "the warning of a guard that guards nothing")]
fn glance() -> Result<(), Tripped> {
    Ok(())
}

/// Counts the trips, and swallows them.
#[loop_guard(timeout = "20ms")]
fn swallow(swallowed: &mut u32) -> Result<(), Tripped> {
    loop {
        if glance().is_err() {
            *swallowed += 1;
        }
    }
}

#[test]
fn an_error_that_an_inner_entry_noticed_and_the_loop_swallows_is_not_swallowed_twice() {
    let _turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    // The entry reads the clock; a loop around it would wait for a late tick.
    let _starved = Starved::by(50 * MILLI);
    for _ in 0..5 {
        let mut swallowed = 0;
        let tripped = swallow(&mut swallowed).unwrap_err();
        assert!(tripped.scope().ends_with("::swallow"), "{tripped}");
        assert!(swallowed <= 1, "{swallowed}");
    }
}
