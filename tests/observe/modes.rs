//! Trying out a guard without consequences: modes that are set at run time.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{
    Budget, Cancel, CancelToken, Event, Exit, Mode, Tripped, checkpoint, deadline, loop_guard,
    remaining, set_mode, snapshot, testing,
};

use harness::Paused;

use crate::told;

pub(super) const MS: Duration = Duration::from_millis(1);

/// What the scope would have tripped by.
pub(super) fn would_trip(scope: &str) -> Vec<Tripped> {
    told(|event| match event {
        Event::WouldTrip(tripped) if tripped.scope() == scope => Some(tripped.clone()),
        _ => None,
    })
}

fn tripped(scope: &str) -> usize {
    let told = told(|event| match event {
        Event::Tripped(tripped) if tripped.scope() == scope => Some(()),
        _ => None,
    });
    told.len()
}

/// Makes checks for this long in paused time.
pub(super) fn work(
    name: &'static str,
    limit: Duration,
    steps: u32,
) -> Result<Result<u32, Tripped>, Tripped> {
    Budget::timeout(limit).named(name).run(|| {
        for _ in 0..steps {
            testing::advance(MS);
            checkpoint()?;
        }
        Ok(steps)
    })
}

pub(super) fn paused<T>(test: impl FnOnce() -> T) -> T {
    _ = told(|_| None::<()>); // the hook is set
    let _paused = Paused::new();
    test()
}

/// A token that is never cancelled, and counts how often it is asked: at each check that looks.
struct Asked(Arc<AtomicU32>);

impl Cancel for Asked {
    fn is_cancelled(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        false
    }
}

#[test]
fn a_cancel_that_passes_does_not_make_a_wait_spin() {
    set_mode("modes::cancelled", Mode::Observe).unwrap();
    let (token, asked) = (CancelToken::new(), Arc::new(AtomicU32::new(0)));
    let budget = Budget::new()
        .named("modes::cancelled")
        .cancel(Asked(Arc::clone(&asked)))
        .cancel(token.clone());
    let started = Instant::now();
    let cancel = thread::spawn(move || {
        thread::sleep(10 * MS);
        token.cancel("observed");
    });
    budget
        .run(|| guard_runtime::sleep(100 * MS))
        .unwrap()
        .unwrap();
    cancel.join().unwrap();
    // The foreign token is asked at each heartbeat, which is 5 ms; a wait that spins asks it a thousand times as often.
    let most = 50 + started.elapsed().as_millis();
    assert!(u128::from(asked.load(Ordering::Relaxed)) < most);
}

#[test]
fn an_observed_scope_tells_once_for_each_activation_and_goes_on() {
    set_mode("modes::observed", Mode::Observe).unwrap();
    paused(|| {
        for activation in 1..=3 {
            let outcome = work("modes::observed", 5 * MS, 100).unwrap();
            assert_eq!(outcome.unwrap(), 100);
            assert_eq!(would_trip("modes::observed").len(), activation);
        }
        assert_eq!(
            work("modes::observed", 100 * MS, 100).unwrap().unwrap(),
            100
        );
    });
    let told = would_trip("modes::observed");
    assert_eq!((told.len(), tripped("modes::observed")), (3, 0));
    let line = Event::WouldTrip(told[0].clone()).to_string();
    assert!(
        line.contains("modes::observed")
            && line.contains("ran out of time: 5ms allowed, 6.000ms used"),
        "{line}"
    );
    assert!(line.ends_with("observed, so it goes on"), "{line}");
}

#[test]
fn an_enforced_scope_around_an_observed_one_trips_at_its_own_deadline() {
    set_mode("modes::inner", Mode::Observe).unwrap();
    paused(|| {
        let outcome = Budget::timeout(50 * MS)
            .named("modes::outer")
            .run(|| work("modes::inner", 5 * MS, 100));
        let tripped = outcome.unwrap().unwrap().unwrap_err();
        assert_eq!(tripped.scope(), "modes::outer");
        assert!(
            tripped.to_string().contains("50ms allowed, 51.000ms used"),
            "{tripped}"
        );
    });
    assert_eq!(would_trip("modes::inner").len(), 1);
}

#[test]
fn an_observed_scope_around_an_enforced_one_does_not_trip_it() {
    set_mode("modes::around", Mode::Observe).unwrap();
    paused(|| {
        let outcome = Budget::timeout(5 * MS).named("modes::around").run(|| {
            let within = work("modes::within", 50 * MS, 20).unwrap();
            let beyond = work("modes::within", 50 * MS, 100).unwrap();
            (within.unwrap(), beyond.unwrap_err())
        });
        let (within, beyond) = outcome.unwrap();
        assert_eq!((within, beyond.scope()), (20, "modes::within"));
    });
    assert_eq!(would_trip("modes::around").len(), 1);
}

#[test]
fn who_waits_as_long_as_remains_waits_as_without_the_observed_guard() {
    set_mode("modes::waits", Mode::Observe).unwrap();
    paused(|| {
        let seen = || (remaining(), deadline().is_some());
        let alone = Budget::timeout(5 * MS)
            .named("modes::waits")
            .run(seen)
            .unwrap();
        assert_eq!(alone, (None, false));
        let inside = Budget::timeout(50 * MS)
            .named("modes::counts")
            .run(|| Budget::timeout(5 * MS).named("modes::waits").run(seen));
        assert_eq!(inside.unwrap().unwrap(), (Some(50 * MS), true));
    });
}

#[loop_guard(iterations = 10, name = "modes::counted")]
fn counted(rows: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < rows {
        done += 1;
    }
    Ok(done)
}

#[loop_guard(iterations = 10, name = "modes::counted_in_closures")]
fn counted_in_closures(rows: u32) -> u32 {
    let count = |rows| {
        let mut done = 0;
        while done < rows {
            done += 1;
        }
        done
    };
    count(rows / 2) + count(rows - rows / 2)
}

#[loop_guard(iterations = 10, timeout = "1ms", name = "modes::counted_and_timed")]
fn counted_and_timed(rows: u32) -> u32 {
    let mut done = 0;
    while done < rows {
        testing::advance(MS);
        done += 1;
    }
    done
}

#[test]
fn iterations_are_observed_as_time_is() {
    set_mode("modes::counted*", Mode::Observe).unwrap();
    paused(|| {
        assert_eq!(counted(10).unwrap(), 10);
        assert_eq!(would_trip("modes::counted").len(), 0);
        assert_eq!(counted(1000).unwrap(), 1000);
        assert_eq!(counted_in_closures(1000), 1000);
        assert_eq!(counted_and_timed(1000), 1000);
    });
    for name in [
        "modes::counted",
        "modes::counted_in_closures",
        "modes::counted_and_timed",
    ] {
        assert_eq!((would_trip(name).len(), tripped(name)), (1, 0), "{name}");
    }
}

#[loop_guard(iterations = 10, timeout = "1ms", name = "modes::off", cleanup = |exit| told.borrow_mut().push(format!("{exit}")))]
fn off(rows: u32, told: &RefCell<Vec<String>>) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < rows {
        testing::advance(MS);
        done += 1;
    }
    // A swallowed trip of another scope inside is not this function's.
    assert!(work("modes::swallowed", MS, 10).unwrap().is_err());
    assert!(snapshot().iter().all(|scope| scope.name() != "modes::off"));
    Ok(done)
}

#[test]
fn a_scope_that_is_off_has_no_budget_and_says_nothing() {
    set_mode("modes::off", Mode::Off).unwrap();
    let told = RefCell::default();
    paused(|| {
        assert_eq!(off(1000, &told).unwrap(), 1000);
        let outcome = Budget::timeout(50 * MS)
            .named("modes::around_off")
            .run(|| off(1000, &told));
        assert_eq!(outcome.unwrap().unwrap_err().scope(), "modes::around_off");
    });
    assert_eq!(
        (would_trip("modes::off").len(), tripped("modes::off")),
        (0, 0)
    );
    let told = told.take();
    assert_eq!(told[0], Exit::Returned.to_string());
    assert!(
        told[1].starts_with("tripped: loop guard: modes::around_off"),
        "{told:?}"
    );
}

#[loop_guard(timeout = "5ms", iterations = 10, name = "modes::future")]
async fn future(rows: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    while done < rows {
        testing::advance(MS);
        done += 1;
        pin!(Once(false)).await;
    }
    Ok(done)
}

/// Pending once.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let (mut future, mut context) = (pin!(future), Context::from_waker(Waker::noop()));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

#[test]
fn a_future_follows_its_mode_from_poll_to_poll() {
    paused(|| {
        assert!(block_on(future(100)).is_err());
        set_mode("modes::future", Mode::Observe).unwrap();
        assert_eq!(block_on(future(100)).unwrap(), 100);
        set_mode("modes::future", Mode::Off).unwrap();
        assert_eq!(block_on(future(100)).unwrap(), 100);
    });
    assert_eq!(
        (would_trip("modes::future").len(), tripped("modes::future")),
        (1, 1)
    );
}

#[test]
fn a_loop_that_runs_follows_a_new_mode_within_a_tick() {
    _ = told(|_| None::<()>);
    set_mode("modes::switched", Mode::Observe).unwrap();
    let endless = thread::spawn(|| {
        Budget::timeout(Duration::from_secs(3600))
            .named("modes::switched")
            .run(|| {
                Budget::timeout(MS).named("modes::switched").run(|| {
                    loop {
                        let begun = Instant::now();
                        // Each round enters anew, so the mode of today counts.
                        let round = Budget::timeout(MS).named("modes::switched").run(|| {
                            while begun.elapsed() < 3 * MS {
                                checkpoint()?;
                            }
                            Ok::<_, Tripped>(())
                        });
                        if let Ok(Err(tripped)) | Err(tripped) = round {
                            break tripped;
                        }
                    }
                })
            })
    });
    while would_trip("modes::switched").len() < 3 {
        thread::sleep(MS);
    }
    assert!(!endless.is_finished());
    set_mode("modes::switched", Mode::Enforce).unwrap();
    let tripped = endless.join().unwrap().unwrap().unwrap();
    assert_eq!(tripped.scope(), "modes::switched");
}

#[test]
fn a_scope_that_is_open_already_is_let_pass_if_it_is_observed_by_then() {
    paused(|| {
        let outcome = Budget::timeout(5 * MS).named("modes::late").run(|| {
            testing::advance(10 * MS);
            set_mode("modes::late", Mode::Observe).unwrap();
            checkpoint()?;
            set_mode("modes::late", Mode::Enforce).unwrap();
            checkpoint() // it was let pass
        });
        assert!(outcome.unwrap().is_ok());
        assert!(work("modes::late", 5 * MS, 10).unwrap().is_err());
    });
    assert_eq!(would_trip("modes::late").len(), 1);
}

#[test]
fn a_pattern_that_means_nothing_is_an_error() {
    for (pattern, says) in [
        ("", "empty"),
        ("a,b", "`,`"),
        ("a=b", "`=`"),
        (" a", "white space"),
    ] {
        let error = set_mode(pattern, Mode::Off).unwrap_err().to_string();
        assert!(error.contains(says), "{pattern:?}: {error}");
    }
    assert!(set_mode(&"x".repeat(10_000), Mode::Off).is_ok());
}
