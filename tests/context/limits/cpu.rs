//! CPU time as a budget.

use std::pin::pin;
use std::time::Instant;

use super::*;

#[test]
fn waiting_costs_nothing_and_spinning_does() {
    let _paused = testing::pause();
    let outcome = Budget::new().cpu(SECOND).named("cpu").run(|| {
        testing::advance(10 * SECOND);
        checkpoint().unwrap();
        testing::spend_cpu(SECOND);
        checkpoint().unwrap();
        testing::spend_cpu(Duration::from_nanos(1));
        checkpoint().unwrap_err()
    });
    let used = SECOND + Duration::from_nanos(1);
    assert_eq!(
        outcome.unwrap().cause(),
        Cause::Cpu {
            limit: SECOND,
            used
        }
    );
}

#[test]
fn polls_add_up_and_what_comes_between_does_not() {
    let _paused = testing::pause();
    let future = Budget::new().cpu(SECOND).wrap(std::future::poll_fn(|_| {
        testing::spend_cpu(SECOND * 2 / 5);
        checkpoint().map_or_else(Poll::Ready, |()| Poll::Pending)
    }));
    let mut future = pin!(future);
    let mut poll = || {
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    };
    assert!(poll().is_pending());
    testing::spend_cpu(5 * SECOND);
    assert!(poll().is_pending());
    let Poll::Ready(Ok(tripped)) = poll() else {
        panic!("1.2 s of 1 s")
    };
    assert_eq!(
        tripped.cause(),
        Cause::Cpu {
            limit: SECOND,
            used: SECOND * 6 / 5
        }
    );
}

#[test]
fn all_with_time_spares_a_stalled_machine() {
    let _paused = testing::pause();
    let outcome = Budget::timeout(SECOND).cpu(SECOND).all().run(|| {
        testing::advance(60 * SECOND);
        checkpoint().unwrap();
        testing::spend_cpu(2 * SECOND);
        checkpoint().unwrap_err()
    });
    assert!(matches!(
        outcome.unwrap().cause(),
        Cause::All {
            time: Some(_),
            cpu: Some(_),
            ..
        }
    ));
}

/// On the real clock: never early, and it does end.
#[test]
fn spinning_ends() {
    let limit = Duration::from_millis(20);
    let outcome = Budget::new().cpu(limit).run(|| {
        let start = Instant::now();
        thread::sleep(3 * limit);
        checkpoint().unwrap();
        let tripped = spin().unwrap_err();
        (tripped.cause(), start.elapsed())
    });
    let (cause, elapsed) = outcome.unwrap();
    assert!(
        matches!(cause, Cause::Cpu { used, .. } if used > limit),
        "{cause}"
    );
    assert!(elapsed > 4 * limit, "{elapsed:?}");
}

/// On the real clock as well: late by 2 ms of CPU time at most. It is later where the ticker gets no processor, so that one
/// run of many has to do.
#[test]
fn spinning_ends_in_time() {
    let limit = Duration::from_millis(20);
    let late = || {
        let tripped = Budget::new().cpu(limit).run(spin).unwrap().unwrap_err();
        match tripped.cause() {
            Cause::Cpu { used, .. } => used.saturating_sub(limit),
            cause => panic!("{cause}"),
        }
    };
    let is_in_time = (0..100).any(|_| late() <= Duration::from_millis(2));
    assert!(is_in_time, "a hundred times later than that");
}

#[test]
fn zero_is_spent_by_the_first_work() {
    let outcome = Budget::new().cpu(Duration::ZERO).run(until_trip);
    match outcome {
        Ok(tripped) | Err(tripped) => assert!(matches!(tripped.cause(), Cause::Cpu { .. })),
    }
}
