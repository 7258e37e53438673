//! Budgets at the edges, and threads that come to a bad end.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Cause, Tripped, checkpoint, deadline, loop_guard, remaining, testing};

use harness::Paused;

use crate::test_clock::NANO;

const MILLI: Duration = Duration::from_millis(1);

/// Each round takes `step`; the check of the first one comes before it.
#[loop_guard(timeout = budget, name = "spin")]
fn spin(budget: Duration, rounds: u32, step: Duration) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < rounds {
        done += 1;
        testing::advance(step);
    }
    Ok(done)
}

#[test]
fn the_longest_budget_never_trips() {
    let _paused = Paused::new();
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    assert_eq!(spin(Duration::MAX, 5, century).unwrap(), 5);
    let outcome =
        Budget::timeout(Duration::MAX).run(|| (checkpoint().is_ok(), remaining(), deadline()));
    assert_eq!(outcome.unwrap(), (true, None, None));
}

#[test]
fn budgets_near_the_longest_do_not_overflow() {
    let _paused = Paused::new();
    let most = Duration::from_nanos(u64::MAX);
    for below in [0, 1, 2, 1023, 1024, 1025, 1_000_000_000, u64::MAX / 2] {
        let budget = Duration::from_nanos(u64::MAX - below);
        assert_eq!(spin(budget, 3, MILLI).unwrap(), 3);
    }
    for budget in [most + NANO, most * 2, Duration::MAX.saturating_sub(NANO)] {
        assert_eq!(spin(budget, 3, MILLI).unwrap(), 3);
        let within = Budget::timeout(budget).run(|| spin(MILLI, 3, MILLI));
        assert_eq!(within.unwrap().unwrap_err().scope(), "spin");
    }
}

#[test]
fn the_shortest_budgets_trip_at_the_first_check_after() {
    let _paused = Paused::new();
    for budget in [Duration::ZERO, NANO] {
        let elapsed = budget + NANO;
        let tripped = spin(budget, 2, elapsed).unwrap_err();
        assert_eq!(
            tripped.cause(),
            Cause::Timeout {
                limit: budget,
                elapsed
            }
        );
        assert_eq!(
            spin(budget, 2, Duration::ZERO).unwrap(),
            2,
            "no time has passed"
        );
    }
}

#[loop_guard(timeout = "1ns")]
fn first_check(rounds: &mut u32) -> Result<(), Tripped> {
    loop {
        *rounds += 1;
        let start = std::time::Instant::now();
        while start.elapsed() < NANO * 1000 {}
    }
}

/// In real time: whoever ticks, the nanosecond has passed by the second check.
#[test]
fn a_nanosecond_is_over_at_once() {
    for _ in 0..1000 {
        let mut rounds = 0;
        assert!(first_check(&mut rounds).is_err());
        assert!(rounds <= 1);
    }
}

#[loop_guard(iterations = limit - 10)]
fn counted_below_zero(limit: i64, rounds: u32) -> Result<(), Tripped> {
    for _ in 0..rounds {}
    Ok(())
}

#[test]
fn a_negative_number_of_iterations_allows_none() {
    for limit in [i64::MIN + 10, -1, 0, 9, 10] {
        assert!(counted_below_zero(limit, 0).is_ok());
        let tripped = counted_below_zero(limit, 1).unwrap_err();
        assert_eq!(tripped.cause(), Cause::Iterations { limit: 0 });
    }
    assert!(counted_below_zero(11, 1).is_ok());
}

fn assert_fresh() {
    assert_eq!((remaining(), deadline()), (None, None));
    assert!(checkpoint().is_ok());
    assert_eq!(spin(MILLI * 3, 4, MILLI).unwrap(), 4);
    assert_eq!(spin(MILLI * 3, 5, MILLI).unwrap_err().scope(), "spin");
}

#[loop_guard(timeout = "1ms", name = "panics")]
fn panics(depth: u32) -> Result<(), Tripped> {
    testing::advance(MILLI / 10);
    if depth == 0 {
        resume_unwind(Box::new("the user's own"));
    }
    loop {
        panics(depth - 1)?;
    }
}

#[test]
fn a_panic_through_several_scopes() {
    let _paused = Paused::new();
    // Within the fixed array of scopes, and beyond it.
    for depth in [0, 1, 5, 31, 32, 33, 100] {
        let outcome = Budget::timeout(MILLI * 100).run(|| {
            let payload = catch_unwind(|| panics(depth.min(9))).unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&"the user's own"));
            nest(depth)
        });
        assert_eq!(outcome.unwrap().downcast_ref(), Some(&"the user's own"));
        assert_fresh();
    }
}

/// Panics out of `depth` scopes that were opened by hand.
fn nest(depth: u32) -> Box<dyn std::any::Any + Send> {
    fn open(depth: u32) {
        if depth == 0 {
            resume_unwind(Box::new("the user's own"));
        }
        let outcome = Budget::timeout(MILLI * depth).run(|| open(depth - 1));
        unreachable!("{outcome:?}");
    }
    catch_unwind(|| open(depth)).unwrap_err()
}

#[test]
fn a_users_panic_passes_a_budget_unchanged() {
    let _paused = Paused::new();
    let payload = catch_unwind(|| Budget::timeout(MILLI).run(|| resume_unwind(Box::new(42_u8))));
    let payload: Result<Result<(), _>, _> = payload;
    assert_eq!(payload.unwrap_err().downcast_ref(), Some(&42_u8));
    assert_fresh();
}

/// Reads the deadline while a panic unwinds.
struct Looks<'r>(&'r mut Vec<Option<Duration>>);

impl Drop for Looks<'_> {
    fn drop(&mut self) {
        self.0.push(remaining());
        self.0.push(spin(MILLI, 2, MILLI).err().and(remaining()));
    }
}

#[test]
fn destructors_may_open_scopes_while_unwinding() {
    let _paused = Paused::new();
    let mut seen = Vec::new();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        Budget::timeout(MILLI * 10).run(|| {
            let _looks = Looks(&mut seen);
            panics(3)
        })
    }));
    assert!(outcome.is_err());
    let left = MILLI / 10 * 96;
    assert_eq!(seen, [Some(left), None], "two rounds fit in a millisecond");
    assert_fresh();
}

#[test]
fn a_thread_that_dies_in_a_scope_leaves_nothing_behind() {
    let _paused = Paused::new();
    for _ in 0..20 {
        let dead = thread::spawn(|| {
            let _paused = Paused::new();
            let _ = Budget::timeout(MILLI).run(|| panics(8));
        });
        assert!(dead.join().is_err());
        // The thread that gets the same stack next starts with no scope.
        let next = thread::spawn(|| {
            let _paused = Paused::new();
            assert_fresh();
        });
        assert!(next.join().is_ok());
    }
    assert_fresh();
}

/// What guarded functions did in a thread-local's destructor.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    before: Option<Duration>,
    fine: Option<u32>,
    tripped: Option<&'static str>,
    inside: Option<Duration>,
    after: Option<Duration>,
}

/// Enters scopes when its thread exits.
struct Late(Sender<Seen>);

impl Drop for Late {
    fn drop(&mut self) {
        let _paused = Paused::new();
        let nested = || {
            assert!(spin(MILLI, 1, NANO).is_ok());
            remaining()
        };
        let seen = Seen {
            before: remaining(),
            fine: spin(MILLI * 3, 4, MILLI).ok(),
            tripped: spin(MILLI * 3, 5, MILLI)
                .err()
                .map(|tripped| tripped.scope()),
            inside: Budget::timeout(MILLI).run(nested).ok().flatten(),
            after: remaining(),
        };
        let _ = self.0.send(seen);
    }
}

thread_local! {
    static FIRST: Cell<Option<Late>> = const { Cell::new(None) };
    static SECOND: Cell<Option<Late>> = const { Cell::new(None) };
}

/// Makes a thread exit with destructors that enter scopes. They are registered before and after the runtime's own
/// thread-local, so that one of them runs after that is gone.
fn die(before: bool, guarded: bool, after: bool) -> Receiver<Seen> {
    let (sender, receiver) = channel();
    let work = move || {
        if before {
            FIRST.set(Some(Late(sender.clone())));
        }
        if guarded {
            let _paused = Paused::new();
            assert!(spin(MILLI, 1, NANO).is_ok());
        }
        if after {
            SECOND.set(Some(Late(sender)));
        }
    };
    assert!(thread::spawn(work).join().is_ok());
    receiver
}

#[test]
fn a_scope_in_a_thread_locals_destructor() {
    let right = Seen {
        before: None,
        fine: Some(4),
        tripped: Some("spin"),
        inside: Some(NANO * 999_999),
        after: None,
    };
    for case in 1..8 {
        let (before, guarded, after) = (case & 1 != 0, case & 2 != 0, case & 4 != 0);
        let seen: Vec<_> = die(before, guarded, after).iter().collect();
        assert_eq!(
            seen.len(),
            usize::from(before) + usize::from(after),
            "case {case}"
        );
        assert!(
            seen.iter().all(|seen| *seen == right),
            "case {case}: {seen:?}"
        );
    }
    let _paused = Paused::new();
    assert_fresh();
}

/// Exiting threads hand the stacks that they use from one to the next.
#[test]
fn many_threads_that_die_at_once() {
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let seen: Vec<_> = die(true, true, false).iter().collect();
                    assert_eq!(seen.len(), 1);
                    assert_eq!(seen[0].tripped, Some("spin"));
                    assert_eq!((seen[0].before, seen[0].after), (None, None));
                    assert_eq!(
                        (seen[0].fine, seen[0].inside),
                        (Some(4), Some(NANO * 999_999))
                    );
                }
            });
        }
    });
}

#[test]
fn a_scope_that_is_open_while_others_die() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(MILLI * 5).run(|| {
        for case in 1..8 {
            die(case & 1 != 0, case & 2 != 0, case & 4 != 0);
        }
        testing::advance(MILLI * 5);
        let at_the_limit = checkpoint().is_ok();
        testing::advance(NANO);
        (at_the_limit, checkpoint().is_err())
    });
    assert_eq!(outcome.unwrap(), (true, true));
}
