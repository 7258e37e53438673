//! One probe at a time, whoever asks and however it ends; and outcomes that come too late.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;
use std::thread;

use guard_runtime::policy::{Breaker, State};
use guard_runtime::{Budget, Cause, testing};

use crate::{millis, panics, paused, poll};

fn open(breaker: &Breaker) {
    while breaker.state() == State::Closed {
        panics(|| drop(breaker.run(|| std::panic::resume_unwind(Box::new("to open it")))));
    }
}

fn begins(call: &mut Pin<Box<impl Future>>) -> bool {
    poll(call.as_mut()).is_pending()
}

#[test]
fn of_a_thousand_callers_one_is_let_through() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(50));
        open(&breaker);
        testing::advance(millis(50));
        let mut callers: Vec<_> = (0..1000)
            .map(|_| Box::pin(breaker.wrap(pending::<()>())))
            .collect();
        let probes = callers
            .iter_mut()
            .map(begins)
            .filter(|probe| *probe)
            .count();
        assert_eq!(probes, 1);
    });
}

#[test]
fn of_a_thousand_threads_one_is_let_through() {
    const THREADS: u32 = 1000;
    let breaker = Breaker::new();
    paused(|| open(&breaker));
    let (start, refused) = (Barrier::new(THREADS as usize), AtomicU32::new(0));
    // The probe waits until all others were refused.
    let call = || {
        start.wait();
        paused(|| {
            testing::advance(millis(5000));
            let outcome = breaker.run(|| {
                while refused.load(Ordering::Relaxed) < THREADS - 1 {
                    thread::yield_now();
                }
            });
            if outcome.is_err() {
                refused.fetch_add(1, Ordering::Relaxed);
            }
        });
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(call);
        }
    });
    assert_eq!(refused.into_inner(), THREADS - 1);
}

#[test]
fn a_probe_that_hangs_keeps_the_next_one_out_for_its_lease() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(500)).successes(1);
        open(&breaker);
        testing::advance(millis(500));
        let mut hanging = Box::pin(breaker.wrap(pending::<()>()));
        assert!(poll(hanging.as_mut()).is_pending());
        testing::advance(millis(400));
        let Cause::Refused { retry_after } = breaker.run(|| ()).unwrap_err().cause() else {
            panic!("it was to be refused");
        };
        assert!(retry_after <= millis(100));
        testing::advance(retry_after);
        breaker.run(|| ()).unwrap();
        assert_eq!(breaker.state(), State::Closed);
        drop(hanging);
        assert_eq!(breaker.state(), State::Closed, "that was too late");
    });
}

#[test]
fn a_lease_is_no_longer_than_the_budget_of_the_probe() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(500));
        open(&breaker);
        testing::advance(millis(500));
        let mut hanging = Box::pin(breaker.wrap(pending::<()>()));
        let polled = Budget::timeout(millis(100)).run(|| poll(hanging.as_mut()).is_pending());
        assert!(polled.unwrap());
        testing::advance(millis(100));
        assert!(breaker.run(|| ()).is_ok());
    });
}

#[test]
fn a_probe_that_outlives_its_lease_counts_while_half_open() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(50)).successes(2);
        open(&breaker);
        testing::advance(millis(50));
        for _ in 0..2 {
            let slow = breaker.run(|| testing::advance(millis(60)));
            assert!(slow.is_ok());
        }
        assert_eq!(breaker.state(), State::Closed, "slow probes close it too");
    });
}

#[test]
fn ten_thousand_late_failures_change_nothing() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(50)).successes(1);
        let finished = Cell::new(false);
        let late = || {
            poll_fn(|_| {
                if finished.get() {
                    std::panic::resume_unwind(Box::new("late"));
                }
                Poll::<()>::Pending
            })
        };
        let mut calls: Vec<_> = (0..10_000)
            .map(|_| Box::pin(breaker.wrap(late())))
            .collect();
        for call in &mut calls {
            assert!(poll(call.as_mut()).is_pending());
        }
        open(&breaker);
        testing::advance(millis(50));
        breaker.run(|| ()).unwrap();
        assert_eq!(breaker.state(), State::Closed);
        finished.set(true);
        for mut call in calls {
            panics(|| drop(poll(call.as_mut())));
            assert_eq!(breaker.state(), State::Closed);
        }
    });
}

#[test]
fn late_outcomes_do_not_move_a_half_open_breaker() {
    paused(|| {
        let breaker = Breaker::new().open_for(millis(50)).successes(1);
        let mut early: Vec<_> = (0..2)
            .map(|_| Box::pin(breaker.wrap(pending::<()>())))
            .collect();
        for call in &mut early {
            assert!(poll(call.as_mut()).is_pending());
        }
        open(&breaker);
        testing::advance(millis(50));
        let mut probe = pin!(breaker.wrap(pending::<()>()));
        assert!(poll(probe.as_mut()).is_pending());
        // Dropped futures without a budget are failures.
        drop(early);
        assert_eq!(breaker.state(), State::HalfOpen);
        assert!(breaker.run(|| ()).is_err(), "the probe is still under way");
    });
}

#[test]
fn the_time_it_is_open_doubles_up_to_a_minute_and_begins_anew() {
    paused(|| {
        let breaker = Breaker::new().successes(1);
        open(&breaker);
        let spans = [5, 10, 20, 40, 60, 60, 5, 10];
        let mut left = spans.into_iter().skip(1);
        for seconds in spans {
            let refused = breaker.run(|| ()).unwrap_err();
            let Cause::Refused { retry_after } = refused.cause() else {
                panic!("{refused}");
            };
            let span = millis(seconds * 1000);
            assert!(
                retry_after <= span && retry_after >= span.mul_f64(0.899),
                "{retry_after:?}"
            );
            testing::advance(retry_after.saturating_sub(millis(2)));
            assert_eq!(breaker.state(), State::Open);
            testing::advance(millis(2));
            assert_eq!(breaker.state(), State::HalfOpen);
            if left.next() == Some(5) {
                breaker.run(|| ()).unwrap();
                assert_eq!(breaker.state(), State::Closed);
            }
            open_again(&breaker);
        }
    });
}

/// Makes a probe fail, or as many calls as are needed.
fn open_again(breaker: &Breaker) {
    while breaker.state() != State::Open {
        panics(|| drop(breaker.run(|| std::panic::resume_unwind(Box::new("to open it")))));
    }
}

#[test]
fn by_hand() {
    paused(|| {
        let breaker = Breaker::new();
        breaker.force_open();
        testing::advance(millis(3_600_000));
        assert_eq!(breaker.state(), State::Open);
        let refused = breaker.run(|| ()).unwrap_err();
        assert!(
            refused.to_string().contains("it was opened by hand"),
            "{refused}"
        );
        breaker.reset();
        assert_eq!(breaker.state(), State::Closed);
        breaker.run(|| ()).unwrap();
    });
}
