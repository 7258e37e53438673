//! Scopes nest: whose deadline counts, which scope is named, and how much time is left.

use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Cause, Tripped, checkpoint, deadline, loop_guard, remaining, testing};

use harness::{Paused, Random};

use crate::test_clock::NANO;

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// Takes `rounds` milliseconds, within its own budget.
#[loop_guard(timeout = budget, name = "inner")]
fn inner(budget: Duration, rounds: u32) -> Result<(), Tripped> {
    for _ in 0..rounds {
        testing::advance(MILLI);
    }
    Ok(())
}

#[loop_guard(timeout = budget, name = "outer")]
fn outer(budget: Duration, inner_budget: Duration, rounds: u32) -> Result<u32, Tripped> {
    let mut calls = 0;
    while calls < 10 {
        inner(inner_budget, rounds)?;
        calls += 1;
    }
    Ok(calls)
}

#[test]
fn the_earliest_deadline_counts_and_its_owner_is_named() {
    let _paused = Paused::new();
    for unit in [1, 1000, 60_000] {
        // From below a second to well above.
        let (long, short) = (MILLI * 5 * unit, MILLI * 3 * unit);
        assert_eq!(outer(long, short, unit / 2).unwrap(), 10);
        let tripped = outer(long, short, 3 * unit + 2).unwrap_err();
        assert_eq!(tripped.scope(), "inner");
        let tripped = outer(short, long, 3 * unit + 2).unwrap_err();
        assert_eq!(tripped.scope(), "outer");
        let elapsed = short + MILLI;
        assert_eq!(
            tripped.cause(),
            Cause::Timeout {
                limit: short,
                elapsed
            }
        );
    }
}

#[test]
fn inner_entries_refund_nothing() {
    let _paused = Paused::new();
    // Each call is within its own budget; the outer scope's is spent in the third call.
    let tripped = outer(MILLI * 5, MILLI * 4, 2).unwrap_err();
    assert_eq!(tripped.scope(), "outer");
    assert_eq!(
        tripped.cause(),
        Cause::Timeout {
            limit: MILLI * 5,
            elapsed: MILLI * 6
        }
    );
}

#[loop_guard(timeout = "1h", name = "no loops")]
fn without_a_loop(called: &mut u32) -> Result<(), Tripped> {
    *called += 1;
    Ok(())
}

#[test]
fn entry_is_a_check() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(MILLI).named("outer").run(|| {
        let mut called = 0;
        without_a_loop(&mut called).unwrap();
        testing::advance(MILLI + NANO);
        let tripped = without_a_loop(&mut called).unwrap_err();
        assert_eq!((called, tripped.scope()), (1, "outer"));
        let inner = Budget::timeout(SECOND).named("inner").run(|| called += 1);
        assert_eq!(inner.unwrap_err().scope(), "outer");
        assert_eq!(called, 1);
    });
    assert!(outcome.is_ok());
}

/// Swallows every error of the function that it calls.
#[loop_guard(timeout = "3ms", name = "swallows")]
fn swallows(attempts: &mut u32) -> Result<(), Tripped> {
    loop {
        *attempts += 1;
        let _ = inner(SECOND, 10);
    }
}

#[test]
fn a_deadline_cannot_be_swallowed() {
    let _paused = Paused::new();
    let mut attempts = 0;
    let tripped = swallows(&mut attempts).unwrap_err();
    assert_eq!((attempts, tripped.scope()), (1, "swallows"));
    let outcome = Budget::timeout(MILLI).run(|| {
        testing::advance(MILLI * 2);
        (0..5).all(|_| checkpoint().is_err() && inner(SECOND, 1).is_err())
    });
    assert!(outcome.unwrap());
    assert!(checkpoint().is_ok(), "the scope is left");
}

/// Breaks its loop, and continues in its spent scope.
#[loop_guard(iterations = 1, on_trip = "break", name = "overrun")]
fn goes_on_spent() -> Vec<Tripped> {
    loop {}
    let mut trips = vec![checkpoint().unwrap_err()];
    trips.extend(inner(SECOND, 1).err());
    trips.extend(Budget::timeout(SECOND).run(checkpoint).err());
    trips
}

#[test]
fn spent_iterations_are_level_triggered_too() {
    let _paused = Paused::new();
    let trips = goes_on_spent();
    assert_eq!(trips.len(), 3);
    for tripped in trips {
        assert_eq!(tripped.scope(), "overrun");
        assert_eq!(tripped.cause(), Cause::Iterations { limit: 1 });
    }
    assert!(checkpoint().is_ok());
}

#[loop_guard(inherit)]
fn inherits(rounds: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < rounds {
        testing::advance(MILLI);
        done += 1;
    }
    Ok(done)
}

#[test]
fn inherit_outside_any_scope_runs_free() {
    let _paused = Paused::new();
    assert_eq!(inherits(5000).unwrap(), 5000);
    assert_eq!((remaining(), deadline()), (None, None));
    assert!(checkpoint().is_ok());
}

#[test]
fn inherit_checks_the_callers_budget() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(MILLI * 3)
        .named("caller")
        .run(|| (inherits(4), inherits(1)));
    let (first, second) = outcome.unwrap();
    assert_eq!(first.unwrap(), 4);
    assert_eq!(second.unwrap_err().scope(), "caller");
}

#[loop_guard(timeout = "10s")]
fn looks() -> Result<(Option<Duration>, Option<Duration>), Tripped> {
    let before = remaining();
    testing::advance(SECOND * 4);
    Ok((before, remaining()))
}

#[test]
fn remaining_and_deadline_are_those_of_the_earliest() {
    let _paused = Paused::new();
    assert_eq!(looks().unwrap(), (Some(SECOND * 10), Some(SECOND * 6)));
    let outcome = Budget::timeout(SECOND * 5).run(|| {
        let outside = deadline();
        assert_eq!(looks().unwrap(), (Some(SECOND * 5), Some(SECOND)));
        let inside = Budget::timeout(MILLI).run(deadline).unwrap();
        assert!(inside < outside);
        assert_eq!((deadline(), remaining()), (outside, Some(SECOND)));
        testing::advance(SECOND * 2);
        remaining()
    });
    assert_eq!(outcome.unwrap(), Some(Duration::ZERO));
    assert_eq!(remaining(), None);
}

#[loop_guard(timeout = "2ms", name = "no place for an error")]
fn panics_by_type() -> u32 {
    loop {
        testing::advance(MILLI);
    }
}

#[test]
fn a_budget_collects_what_has_no_place_for_an_error() {
    let _paused = Paused::new();
    let tripped = Budget::timeout(SECOND)
        .named("by hand")
        .run(panics_by_type)
        .unwrap_err();
    assert_eq!(tripped.scope(), "no place for an error");
    let tripped = Budget::timeout(MILLI)
        .named("by hand")
        .run(panics_by_type)
        .unwrap_err();
    assert_eq!(tripped.scope(), "by hand");
    assert!(
        Budget::timeout(SECOND).run(|| ()).is_ok(),
        "later scopes are fresh"
    );
}

#[test]
fn nested_budgets() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(MILLI * 10).named("a").run(|| {
        let b = Budget::timeout(MILLI * 2).named("b").run(|| {
            testing::advance(MILLI * 3);
            Budget::timeout(MILLI)
                .named("c")
                .run(|| unreachable!("entry is a check"))
        });
        let b: Result<(), Tripped> = b.unwrap();
        assert_eq!(b.unwrap_err().scope(), "b");
        assert_eq!(remaining(), Some(MILLI * 7));
        let c = Budget::timeout(MILLI).named("c").run(|| {
            testing::advance(MILLI * 2);
            checkpoint()
        });
        assert_eq!(c.unwrap().unwrap_err().scope(), "c");
        checkpoint()
    });
    assert!(outcome.unwrap().is_ok());
}

#[test]
fn other_threads_start_with_none() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(MILLI).run(|| {
        testing::advance(MILLI * 2);
        assert!(checkpoint().is_err());
        thread::spawn(|| (checkpoint().is_ok(), remaining(), deadline())).join()
    });
    assert_eq!(outcome.unwrap().unwrap(), (true, None, None));
}

/// Recurses to `depth` in steps of a millisecond; every activation has a second of its own. The innermost one then
/// runs for as long as it may, and the others swallow its error on the way back.
#[loop_guard(timeout = budget(depth), name = "deep")]
fn deep(depth: u32, trips: &mut u32) -> Result<(), Tripped> {
    testing::advance(MILLI);
    if depth == 0 {
        assert_eq!(remaining(), Some(Duration::ZERO));
        testing::advance(SECOND);
    } else if deep(depth - 1, trips).is_err() {
        *trips += 1;
    }
    loop {
        if remaining() > Some(Duration::ZERO) {
            return Ok(());
        }
    }
}

/// The 400th activation has the earliest deadline: a second from the start.
fn budget(depth: u32) -> Duration {
    if depth == 600 {
        MILLI * 601
    } else {
        SECOND * 3600
    }
}

#[test]
fn a_thousand_scopes_deep() {
    let _paused = Paused::new();
    let mut trips = 0;
    assert!(deep(999, &mut trips).is_ok());
    assert_eq!(trips, 601, "the spent scope and all within it");
    assert_eq!((remaining(), deadline()), (None, None));
    assert!(inner(MILLI * 3, 3).is_ok());
    assert_eq!(inner(MILLI * 3, 5).unwrap_err().scope(), "inner");
}

const NAMES: [&str; 40] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32",
    "33", "34", "35", "36", "37", "38", "39",
];

/// What the scopes of a thread should be: deadlines in nanoseconds since the start.
struct Model {
    now: u64,
    deadlines: Vec<u64>,
    random: Random,
    moves: u32,
}

impl Model {
    fn percent(&mut self) -> u64 {
        self.random.below(100)
    }

    /// A number below `end`, of any magnitude.
    fn draw(&mut self, end: u64) -> u64 {
        let end = end >> self.random.below(20);
        end * self.percent() / 100
    }

    fn advance(&mut self) {
        let by = self.draw(20_000_000);
        self.now += by;
        testing::advance(Duration::from_nanos(by));
    }

    /// The first of the earliest deadlines.
    fn earliest(&self) -> Option<(&'static str, u64)> {
        NAMES
            .into_iter()
            .zip(self.deadlines.iter().copied())
            .min_by_key(|(_, due)| *due)
    }

    fn spent(&self) -> Option<&'static str> {
        self.earliest()
            .filter(|(_, due)| self.now > *due)
            .map(|(name, _)| name)
    }

    fn compare(&self) {
        let left = self.earliest().map(|(_, due)| due.saturating_sub(self.now));
        assert_eq!(remaining(), left.map(Duration::from_nanos));
        let tripped = checkpoint().err();
        assert_eq!(tripped.as_ref().map(Tripped::scope), self.spent());
    }

    /// Opens scopes, lets time pass and compares, in random order.
    fn play(&mut self) {
        while self.moves < 400 {
            self.moves += 1;
            self.advance();
            self.compare();
            let depth = self.deadlines.len();
            let chance = if self.spent().is_some() { 60 } else { 15 };
            if depth == NAMES.len() || (depth > 0 && self.percent() < chance) {
                return;
            }
            let limit = 10_000_000 + self.draw(20_000_000_000);
            let spent = self.spent();
            self.deadlines.push(self.now + limit);
            let budget = Budget::timeout(Duration::from_nanos(limit)).named(NAMES[depth]);
            let outcome = budget.run(|| self.play());
            self.deadlines.truncate(depth);
            assert_eq!(outcome.err().as_ref().map(Tripped::scope), spent);
            self.compare();
        }
    }
}

#[test]
fn random_scopes_are_as_a_model_says() {
    for seed in 0..100 {
        let _paused = Paused::new();
        let mut model = Model {
            now: 0,
            deadlines: Vec::new(),
            random: Random::new(seed),
            moves: 0,
        };
        model.play();
        assert_eq!(remaining(), None);
    }
}
