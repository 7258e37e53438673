//! Scopes that are handed to other threads and futures.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread as std_thread;
use std::time::Duration;

use guard_runtime::testing;
use guard_runtime::{
    Budget, CancelToken, Cause, Context, Tripped, checkpoint, loop_guard, remaining, shield, sleep,
    thread,
};
use harness::events;

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(5);

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn a_thread_has_no_part_in_scopes_that_are_not_handed_over() {
    let outcome = Budget::timeout(HOUR).run(|| {
        let alone = std_thread::spawn(remaining).join().unwrap();
        let context = Context::current();
        let handed = std_thread::spawn(move || (context.run(remaining), remaining()))
            .join()
            .unwrap();
        (alone, handed)
    });
    let (alone, (inside, behind)) = outcome.unwrap();
    assert!(alone.is_none() && behind.is_none());
    assert!(inside.unwrap() <= HOUR && inside.unwrap() > HOUR / 2);
}

#[test]
fn the_innermost_scope_that_ran_out_is_named() {
    let outcome = Budget::timeout(HOUR).named("outer").run(|| {
        Budget::timeout(SHORT)
            .named("inner")
            .run(|| thread::spawn(spin).join().unwrap())
    });
    let tripped = outcome.unwrap().unwrap().unwrap_err();
    assert_eq!(tripped.scope(), "inner");
    assert!(
        matches!(tripped.cause(), Cause::Timeout { limit, elapsed } if limit == SHORT && elapsed > limit)
    );
}

#[test]
fn inside_no_other_scope_counts() {
    let context = Budget::timeout(HOUR)
        .run(|| Context::current().detach())
        .unwrap();
    let _paused = testing::pause();
    let outcome = Budget::timeout(SHORT).run(|| {
        testing::advance(2 * SHORT);
        assert!(checkpoint().is_err());
        assert!(context.run(checkpoint).is_ok());
        let own = context.run(|| {
            Budget::timeout(SHORT).named("own").run(|| {
                testing::advance(2 * SHORT);
                checkpoint().unwrap_err()
            })
        });
        assert_eq!(own.unwrap().scope(), "own");
        checkpoint()
    });
    assert!(outcome.unwrap().is_err());
    assert!(
        Budget::timeout(SHORT)
            .run(|| shield(Context::current))
            .unwrap()
            .run(remaining)
            .is_none()
    );
    assert!(Context::current().run(remaining).is_none());
}

#[test]
fn a_scope_that_ends_trips_what_still_runs_in_it() {
    let (ends, end) = mpsc::channel();
    Budget::timeout(HOUR)
        .named("started")
        .run(|| {
            Budget::timeout(HOUR).named("inner").run(|| {
                let _detached = thread::spawn(move || ends.send(spin()));
            })
        })
        .unwrap()
        .unwrap();
    // Another scope is opened in the same place.
    let tripped = Budget::timeout(HOUR)
        .run(|| Budget::timeout(HOUR).run(|| end.recv().unwrap().unwrap_err()));
    let tripped = tripped.unwrap().unwrap();
    assert_eq!(
        (tripped.scope(), tripped.cause()),
        ("inner", Cause::ScopeEnded)
    );
    assert!(
        tripped
            .to_string()
            .contains("has ended, and this work has not"),
        "{tripped}"
    );
}

#[test]
fn a_wait_in_a_scope_that_ends_is_cut() {
    let started = Budget::new().run(|| thread::spawn(|| sleep(HOUR)));
    let cut = started.unwrap().join().unwrap();
    assert_eq!(cut.unwrap_err().cause(), Cause::ScopeEnded);
}

/// The thread in between ends first; the scope is that of neither.
#[test]
fn what_is_started_inside_a_handed_over_scope_ends_with_its_owner() {
    let (release, held) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    let grandchild = Budget::new().named("owner").run(|| {
        let between = thread::spawn(move || {
            thread::spawn(move || {
                held.recv().unwrap();
                tell.send(checkpoint()).unwrap();
                spin()
            })
        });
        let grandchild = between.join().unwrap();
        release.send(()).unwrap();
        assert!(told.recv().unwrap().is_ok(), "the owner is open");
        grandchild
    });
    let tripped = grandchild.unwrap().join().unwrap().unwrap_err();
    assert_eq!(
        (tripped.scope(), tripped.cause()),
        ("owner", Cause::ScopeEnded)
    );
}

#[test]
fn what_is_detached_goes_on() {
    let token = CancelToken::new();
    let context = Budget::new()
        .cancel(token.clone())
        .run(|| Context::current().detach())
        .unwrap();
    let worker = std_thread::spawn(move || context.run(spin));
    std_thread::sleep(4 * SHORT);
    assert!(!worker.is_finished());
    token.cancel("stop");
    assert!(matches!(
        worker.join().unwrap().unwrap_err().cause(),
        Cause::Cancelled { .. }
    ));
}

#[test]
fn a_cancel_reaches_every_thread_and_its_waits() {
    let token = CancelToken::new();
    let outcome = Budget::new().cancel(token.clone()).run(|| {
        let spins = thread::spawn(spin);
        let sleeps = thread::spawn(|| sleep(HOUR));
        let nested = thread::spawn(|| thread::spawn(spin).join().unwrap());
        std_thread::sleep(SHORT);
        token.cancel("stop");
        [
            spins.join().unwrap(),
            sleeps.join().unwrap(),
            nested.join().unwrap(),
        ]
    });
    for each in outcome.unwrap() {
        assert!(matches!(
            each.unwrap_err().cause(),
            Cause::Cancelled { reason: "stop", .. }
        ));
    }
}

#[test]
fn a_context_is_run_often_and_at_once() {
    let outcome = Budget::timeout(HOUR).run(|| {
        let (context, barrier) = (Context::current(), Barrier::new(3));
        std_thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        context.run(|| {
                            barrier.wait();
                            assert!(remaining().is_some());
                            // Also in itself.
                            assert!(context.run(checkpoint).is_ok());
                        });
                    }
                });
            }
        });
    });
    outcome.unwrap();
}

#[test]
fn a_thread_that_dies_leaves_its_context_in_order() {
    let outcome = Budget::timeout(HOUR).run(|| {
        let context = Context::current();
        let dies = std_thread::spawn({
            let context = context.clone();
            move || context.run(|| panic!("it dies, as the test wants"))
        });
        assert!(dies.join().is_err());
        context.run(checkpoint)
    });
    assert!(outcome.unwrap().is_ok());
}

#[test]
fn a_trip_without_a_place_is_the_joins_panic() {
    #[loop_guard(inherit)]
    fn spin_void() {
        loop {
            std::hint::spin_loop();
        }
    }
    let joined = events::silently(|| {
        Budget::timeout(SHORT)
            .named("void")
            .run(|| thread::spawn(spin_void).join())
            .unwrap()
    });
    let payload = joined.unwrap_err();
    let message = payload.downcast_ref::<String>().expect("the report");
    assert!(
        message.contains("void") && message.contains("ran out of time"),
        "{message}"
    );
}

/// Counts until a budget is spent.
fn count(turns: &AtomicU32) -> Result<(), Tripped> {
    loop {
        checkpoint()?;
        turns.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn threads_that_borrow() {
    let (left, right) = (&AtomicU32::new(0), &AtomicU32::new(0));
    let outcome = Budget::timeout(SHORT).run(|| {
        thread::scope(|scope| {
            let nested = scope.spawn(move || scope.spawn(move || count(left)).join().unwrap());
            let own = scope.spawn(move || count(right)).join().unwrap();
            (own, nested.join().unwrap())
        })
    });
    let (own, nested) = outcome.unwrap();
    assert!(own.is_err() && nested.is_err());
}
