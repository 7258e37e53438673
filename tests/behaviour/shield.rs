//! `shield` and `shield_for`: postponed trips, pending ones after them, limits.

use std::time::Duration;

use guard_runtime::{
    Budget, Cause, Tripped, checkpoint, deadline, loop_guard, remaining, shield, shield_for,
    testing,
};

use harness::Paused;
use harness::events;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_trip_is_postponed_to_the_first_check_behind() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND).run(|| {
        shield(|| {
            testing::advance(2 * SECOND);
            assert!(checkpoint().is_ok());
            assert_eq!((remaining(), deadline()), (None, None));
        });
        checkpoint()
    });
    let tripped = outcome.expect("nothing unwinds").unwrap_err();
    let elapsed = 2 * SECOND;
    assert_eq!(
        tripped.cause(),
        Cause::Timeout {
            limit: SECOND,
            elapsed
        }
    );
}

#[test]
fn one_that_is_pending_already_is_too() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND).run(|| {
        testing::advance(2 * SECOND);
        assert!(checkpoint().is_err());
        assert!(shield(checkpoint).is_ok());
        assert!(shield(|| shield(checkpoint)).is_ok());
        assert!(
            shield(|| {
                shield(|| ());
                checkpoint()
            })
            .is_ok()
        );
        checkpoint()
    });
    assert!(outcome.expect("nothing unwinds").is_err());
}

#[test]
fn in_real_time_the_next_check_is_the_one_behind() {
    for limit in [Duration::from_millis(3), Duration::from_millis(1100)] {
        let outcome = Budget::timeout(limit).run(|| {
            let start = std::time::Instant::now();
            // Long enough for its coarse clock as well.
            while start.elapsed() < 2 * limit {
                assert!(shield(checkpoint).is_ok());
                shield(|| assert!(inherits(2).is_ok()));
            }
            checkpoint()
        });
        assert!(outcome.expect("nothing unwinds").is_err(), "{limit:?}");
    }
}

#[loop_guard(inherit)]
fn inherits(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    while sum < n {
        sum += std::hint::black_box(1);
    }
    Ok(sum)
}

#[test]
fn scopes_inside_count_as_ever() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND).run(|| {
        shield(|| {
            testing::advance(2 * SECOND);
            let inner = Budget::timeout(SECOND).named("inner").run(|| {
                testing::advance(2 * SECOND);
                checkpoint()
            });
            assert_eq!(inner.unwrap().unwrap_err().scope(), "inner");
            assert!(checkpoint().is_ok());
        });
        checkpoint()
    });
    assert_eq!(outcome.unwrap().unwrap_err().scope(), "budget");
}

fn nest(depth: u32) -> u32 {
    if depth == 0 {
        return shield(|| {
            assert!(checkpoint().is_ok());
            assert_eq!(remaining(), None);
            0
        });
    }
    let inner = Budget::timeout(SECOND).run(|| {
        testing::advance(SECOND / 10);
        nest(depth - 1)
    });
    u32::from(checkpoint().is_err()) + inner.unwrap_or(0)
}
#[test]
fn so_they_do_however_many_are_open() {
    let _paused = Paused::new();
    // Far more than fit into the first piece. Entering is a check, so the eleventh is not entered any more.
    assert!(nest(100) > 0);
    let outcome = shield(|| Budget::timeout(SECOND * 100).run(|| nest(9)));
    assert!(outcome.is_ok());
}

#[loop_guard(iterations = 10)]
fn iterations(steps: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    shield(|| {
        for _ in 0..steps {
            done += 1;
        }
    });
    inherits(3)?;
    Ok(done)
}

#[test]
fn iterations_count_inside_and_trip_behind() {
    assert_eq!(iterations(10).unwrap(), 10);
    let tripped = iterations(11).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 10 });
    assert!(tripped.location().line() < line!());
}

#[test]
fn a_bound_trips_inside_and_is_told() {
    let _paused = Paused::new();
    events::take();
    let outcome = Budget::timeout(SECOND / 2).run(|| {
        shield_for(SECOND, || {
            testing::advance(SECOND);
            assert_eq!(remaining(), Some(Duration::ZERO));
            assert!(checkpoint().is_ok());
            testing::advance(Duration::from_nanos(1));
            let tripped = checkpoint().unwrap_err();
            assert_eq!(tripped.scope(), "shield");
            assert!(tripped.to_string().contains("shield.rs"), "{tripped}");
        });
        checkpoint()
    });
    assert_eq!(outcome.unwrap().unwrap_err().scope(), "budget");
    let told = events::take();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[1].contains("the shield at") && told[1].contains("took too long: 1s allowed"),
        "{told:?}"
    );
}

#[test]
fn a_bound_that_is_kept_is_not() {
    let _paused = Paused::new();
    events::take();
    shield_for(SECOND, || testing::advance(SECOND));
    assert!(events::take().is_empty());
    shield_for(Duration::MAX, || testing::advance(SECOND * 1000));
    assert!(events::take().is_empty());
}

#[test]
fn a_panic_ends_it() {
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND).run(|| {
        let panic = events::silently(|| {
            std::panic::catch_unwind(|| shield(|| -> () { panic!("out of the shield") }))
        });
        assert!(panic.is_err());
        testing::advance(2 * SECOND);
        checkpoint()
    });
    assert!(outcome.expect("nothing unwinds").is_err());
}

#[loop_guard(timeout = "1s")]
fn closure_inside(done: &mut u32) -> Result<(), Tripped> {
    shield(|| {
        for _ in 0..5 {
            testing::advance(SECOND);
            *done += 1;
        }
    });
    (0..5).for_each(|_| {
        loop {
            *done += 1;
        }
    });
    Ok(())
}

#[test]
fn a_loop_in_its_closure_runs_to_the_end() {
    let _paused = Paused::new();
    let mut done = 0;
    assert!(closure_inside(&mut done).is_err());
    assert_eq!(done, 5);
}
