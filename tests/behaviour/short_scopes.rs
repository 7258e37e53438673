//! Scopes below a second in real time, thousands in a row: most are opened by the fast path, without a check of
//! deadlines. (In paused time none is.)

use std::time::Duration;

use guard_runtime::{Cause, Tripped, checkpoint, loop_guard, remaining};

/// Opens and leaves scopes until a tick is planned and what is around is worked out, and much longer.
const MANY: u32 = 20_000;

#[loop_guard(timeout = "900ms")]
fn inner(turns: u64) -> Result<(), Tripped> {
    for _ in 0..turns {
        checkpoint()?;
    }
    Ok(())
}

#[loop_guard(timeout = "40ms")]
fn outer() -> Result<(), Tripped> {
    for _ in 0..MANY {
        inner(0)?;
    }
    inner(u64::MAX)
}

fn limit(tripped: &Tripped) -> Duration {
    let Cause::Timeout { limit, elapsed } = tripped.cause() else {
        panic!("{tripped}");
    };
    assert!(elapsed > limit, "{tripped}");
    limit
}

#[test]
fn the_shorter_one_around_is_the_one_that_trips() {
    for _ in 0..3 {
        let tripped = outer().unwrap_err();
        assert!(tripped.scope().ends_with("outer"), "{tripped}");
        assert_eq!(limit(&tripped), Duration::from_millis(40));
    }
}

#[test]
fn a_shorter_one_inside_trips_alone() {
    #[loop_guard(timeout = "5ms")]
    fn shorter(turns: u64) -> Result<(), Tripped> {
        for _ in 0..turns {
            checkpoint()?;
        }
        Ok(())
    }

    #[loop_guard(timeout = "1h")]
    fn around() -> Result<Tripped, Tripped> {
        for _ in 0..MANY {
            // On a loaded machine one may be too slow for five milliseconds and trip, which is fine.
            let _: Result<(), Tripped> = shorter(0);
        }
        let tripped = shorter(u64::MAX).unwrap_err();
        checkpoint()?;
        Ok(tripped)
    }

    let tripped = around().expect("an hour has not passed");
    assert!(tripped.scope().ends_with("shorter"), "{tripped}");
    assert_eq!(limit(&tripped), Duration::from_millis(5));
}

#[test]
fn what_is_left_is_what_the_earliest_leaves() {
    #[loop_guard(timeout = "900ms")]
    fn left() -> Result<Option<Duration>, Tripped> {
        for _ in 0..1 {}
        Ok(remaining())
    }

    #[loop_guard(timeout = "300ms")]
    fn around(mut turns: u32) -> Result<(), Tripped> {
        while turns > 0 {
            turns -= 1;
            let before = remaining().expect("there is a deadline");
            let inside = left()?.expect("there is one inside");
            assert!(inside <= before, "{inside:?} of {before:?}");
        }
        Ok(())
    }

    // Whether it finishes in time depends on the machine.
    let _: Result<(), Tripped> = around(MANY);
}
