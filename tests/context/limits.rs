//! Budgets besides time and iterations: tokens, CPU time, depth, all together.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use guard_runtime::{
    Budget, CancelToken, Cause, Tripped, checkpoint, loop_guard, shield, testing, tripped,
};
use harness::events;

const SECOND: Duration = Duration::from_secs(1);

fn reason(tripped: &Tripped) -> &'static str {
    match tripped.cause() {
        Cause::Cancelled { reason, .. } => reason,
        cause => panic!("{cause}"),
    }
}

fn until_trip() -> Tripped {
    loop {
        if let Err(tripped) = checkpoint() {
            return tripped;
        }
    }
}

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn a_cancel_leaves_the_loops_of_other_threads() {
    let token = CancelToken::new();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let budget = Budget::new().cancel(token.child()).named("worker");
            thread::spawn(move || budget.run(spin).and_then(|ran| ran).unwrap_err())
        })
        .collect();
    thread::sleep(Duration::from_millis(5));
    token.cancel("enough");
    for worker in workers {
        let tripped = worker.join().unwrap();
        assert_eq!((tripped.scope(), reason(&tripped)), ("worker", "enough"));
        assert!(
            tripped
                .to_string()
                .contains(" was cancelled: enough; noticed in "),
            "{tripped}"
        );
        assert_eq!(io::Error::from(tripped).kind(), io::ErrorKind::Interrupted);
    }
}

#[test]
fn a_token_that_was_cancelled_before_keeps_the_body_from_running() {
    let token = CancelToken::new();
    token.cancel("before");
    let tripped = Budget::new()
        .cancel(token)
        .run(|| unreachable!())
        .unwrap_err();
    assert_eq!(reason(&tripped), "before");
}

#[test]
fn foreign_tokens_are_asked_at_ticks() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let shared = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicU32::new(0));
    let closure = {
        let calls = Arc::clone(&calls);
        move || calls.fetch_add(1, Ordering::Relaxed) > 3
    };
    for budget in [
        Budget::new().cancel(&STOP),
        Budget::new().cancel(Arc::clone(&shared)),
        Budget::new().cancel(closure),
    ] {
        let setter = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                thread::sleep(Duration::from_millis(5));
                STOP.store(true, Ordering::Release);
                shared.store(true, Ordering::Release);
            }
        });
        let tripped = budget.run(spin).and_then(|ran| ran).unwrap_err();
        assert_eq!(reason(&tripped), "cancelled");
        setter.join().unwrap();
        STOP.store(false, Ordering::Release);
        shared.store(false, Ordering::Release);
    }
    assert!(
        calls.load(Ordering::Relaxed) < 100,
        "not asked at every check"
    );
}

#[test]
fn a_token_that_panics_counts_as_cancelled() {
    let budget = Budget::new().cancel(|| -> bool { panic!("a token that panics") });
    let outcome = events::silently(|| budget.run(|| unreachable!()));
    assert_eq!(reason(&outcome.unwrap_err()), "the token panicked");
    assert!(checkpoint().is_ok());
}

#[test]
fn a_token_may_run_guarded_code() {
    let budget = Budget::new().cancel(|| Budget::timeout(SECOND).run(checkpoint).unwrap().is_err());
    assert!(budget.run(checkpoint).unwrap().is_ok());
}

#[test]
fn a_trip_stays_and_is_told_once() {
    let token = CancelToken::new();
    events::take();
    let outcome = Budget::new().cancel(token.clone()).named("kept").run(|| {
        token.cancel("stop");
        for _ in 0..3 {
            assert_eq!(reason(&checkpoint().unwrap_err()), "stop");
        }
        let inner = Budget::timeout(60 * SECOND).run(|| ()).unwrap_err();
        assert_eq!(inner.scope(), "kept");
        assert!(shield(checkpoint).is_ok(), "in a shield nothing trips");
        assert!(shield(tripped).is_none());
        assert!(checkpoint().is_err(), "behind it the trip comes again");
        tripped().unwrap()
    });
    assert_eq!(reason(&outcome.unwrap()), "stop");
    assert_eq!(events::take().len(), 1);
    assert!(checkpoint().is_ok());
}

#[test]
fn the_outermost_scope_that_is_spent_is_named() {
    let (outer, inner) = (CancelToken::new(), CancelToken::new());
    let outcome = Budget::new().cancel(outer.clone()).named("outer").run(|| {
        Budget::new().cancel(inner.clone()).named("inner").run(|| {
            inner.cancel("inner");
            assert_eq!(until_trip().scope(), "inner");
            outer.cancel("outer");
            assert_eq!(until_trip().scope(), "outer");
        })
    });
    outcome.unwrap().unwrap();
}

#[test]
fn calls_without_loops_do_not_hide_a_cancel() {
    #[loop_guard(timeout = "1h")]
    #[allow(deprecated, reason = "the warning of a guard that guards nothing")]
    fn call() -> Result<(), Tripped> {
        Ok(())
    }
    let token = CancelToken::new();
    let outcome = Budget::new().cancel(token.clone()).run(|| {
        for _ in 0..3 {
            call()?;
        }
        token.cancel("stop");
        (0..10).try_for_each(|_| call()).and_then(|()| spin())
    });
    assert_eq!(reason(&outcome.unwrap().unwrap_err()), "stop");
}

#[test]
fn a_future_that_waits_is_woken_by_a_cancel() {
    let token = CancelToken::new();
    let waiting: Vec<_> = (0..2)
        .map(|asked| {
            let child = token.child();
            let budget = if asked == 0 {
                Budget::new().cancel(child)
            } else {
                Budget::new().cancel(move || child.is_cancelled())
            };
            thread::spawn(move || smol::block_on(budget.wrap(std::future::pending::<()>())))
        })
        .collect();
    thread::sleep(Duration::from_millis(5));
    token.cancel("stop");
    for waiting in waiting {
        let tripped = waiting.join().unwrap().unwrap_err();
        assert!(["stop", "cancelled"].contains(&reason(&tripped)));
    }
}

fn poll<F: Future>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut context)
}

#[test]
fn limits_go_along_with_a_future_from_thread_to_thread() {
    let token = CancelToken::new();
    let budget = Budget::new().cancel(token.clone()).depth(3);
    let mut future = Box::pin(budget.wrap(async {
        let mut polls = 0;
        std::future::poll_fn(|_| {
            polls += 1;
            checkpoint().map_or_else(Poll::Ready, |()| Poll::Pending)
        })
        .await
    }));
    assert!(poll(&mut future).is_pending());
    assert!(checkpoint().is_ok() && tripped().is_none());
    token.cancel("stop");
    assert!(
        checkpoint().is_ok(),
        "between two polls the scope is not here"
    );
    thread::spawn(move || {
        let Poll::Ready(Err(tripped)) = poll(&mut future) else {
            panic!("it is cancelled")
        };
        assert_eq!(reason(&tripped), "stop");
    })
    .join()
    .unwrap();
}

#[test]
fn a_million_levels_of_recursion_on_a_small_stack() {
    fn descend(levels: u64, deepest: &Cell<u64>) -> Result<u64, Tripped> {
        deepest.set(deepest.get() + 1);
        let next = || {
            if levels == 0 {
                Ok(0)
            } else {
                descend(levels - 1, deepest)
            }
        };
        Budget::new().depth(1000).named("descend").run(next)?
    }
    // Opened by hand: each level has the frames of a closure and of the code that catches its panics.
    let small = thread::Builder::new().stack_size(4 * 1024 * 1024);
    let run = || {
        let deepest = Cell::new(0);
        let tripped = descend(1_000_000, &deepest).unwrap_err();
        (tripped, deepest.get(), descend(999, &deepest).is_ok())
    };
    let (tripped, deepest, again) = small.spawn(run).unwrap().join().unwrap();
    assert_eq!(tripped.cause(), Cause::Depth { limit: 1000 });
    assert_eq!(deepest, 1001, "the one too deep did not run its body");
    assert!(again);
}

#[test]
fn depths_of_places_and_threads_are_their_own() {
    let one = || Budget::new().depth(1);
    let outcome = one().run(|| {
        // A different place in the source.
        Budget::new().depth(1).run(|| {
            let elsewhere = thread::spawn(move || one().run(|| ()).is_ok());
            elsewhere.join().unwrap() && one().run(|| ()).is_err()
        })
    });
    assert!(outcome.unwrap().unwrap());
    assert_eq!(
        Budget::new().depth(0).run(|| ()).unwrap_err().cause(),
        Cause::Depth { limit: 0 }
    );
}

#[test]
fn all_takes_the_last_one() {
    let _paused = testing::pause();
    let budget = Budget::timeout(SECOND).iterations(3).all().named("both");
    let outcome = budget.run(|| {
        testing::advance(5 * SECOND);
        for _ in 0..3 {
            checkpoint().unwrap();
        }
        checkpoint().unwrap_err()
    });
    let tripped = outcome.unwrap();
    let Cause::All {
        time: Some(time),
        iterations: Some(iterations),
        cpu: None,
        depth: None,
        ..
    } = tripped.cause()
    else {
        panic!("{tripped}")
    };
    assert_eq!((time.limit, time.used), (SECOND, 5 * SECOND));
    assert_eq!((iterations.limit, iterations.used), (3, 4));
    let text = tripped.to_string();
    assert!(
        text.contains(
            "ran out of all budgets: time 1s allowed, 5.000s used; iterations 3 allowed, 4 used"
        ),
        "{text}"
    );

    let outcome = budget.run(|| {
        for _ in 0..100 {
            checkpoint().unwrap();
        }
        testing::advance(SECOND);
        checkpoint().unwrap();
        testing::advance(Duration::from_nanos(1));
        checkpoint()
    });
    assert!(outcome.unwrap().is_err());
}

#[test]
fn in_all_a_cancel_trips_at_once_and_inner_scopes_count_as_ever() {
    let _paused = testing::pause();
    let token = CancelToken::new();
    let budget = Budget::timeout(SECOND)
        .iterations(1000)
        .all()
        .cancel(token.clone());
    let outcome = budget.run(|| {
        let inner = Budget::timeout(SECOND).named("inner").run(|| {
            testing::advance(2 * SECOND);
            until_trip()
        });
        assert_eq!(inner.unwrap().scope(), "inner");
        checkpoint().unwrap();
        token.cancel("stop");
        checkpoint().unwrap_err()
    });
    assert_eq!(reason(&outcome.unwrap()), "stop");
    let only = Budget::new().all().cancel(CancelToken::new());
    assert!(
        only.run(checkpoint).unwrap().is_ok(),
        "without a budget none is spent"
    );
}

#[test]
fn in_all_a_future_is_woken_when_its_time_is_the_last() {
    let budget = Budget::timeout(Duration::from_millis(5))
        .iterations(0)
        .all();
    let mut polls = 0;
    let pending = std::future::poll_fn(|_| {
        polls += 1;
        _ = checkpoint();
        Poll::<()>::Pending
    });
    let tripped = smol::block_on(budget.wrap(pending)).unwrap_err();
    assert!(matches!(tripped.cause(), Cause::All { .. }), "{tripped}");
}

#[cfg(feature = "cpu")]
mod cpu;
