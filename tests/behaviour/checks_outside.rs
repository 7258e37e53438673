//! The test clock, where a check outside any scope could let real time in.
use std::time::Duration;

use guard_runtime::{Budget, Tripped, checkpoint, loop_guard, testing};
use harness::Paused;

#[loop_guard(timeout = "30s")]
fn guarded(step: Duration) -> Result<(), Tripped> {
    for _ in 0..2 {
        testing::advance(step);
        checkpoint()?;
    }
    Ok(())
}

/// The first cold check at a tick, which finds no deadline.
fn check_without_a_deadline() {
    checkpoint().unwrap();
    Budget::timeout(Duration::MAX)
        .run(|| checkpoint().unwrap())
        .unwrap();
}

#[test]
fn a_check_outside_any_scope_leaves_the_time_of_the_next_scope_paused() {
    // The fast entry needs a running ticker and a registered site.
    guarded_in_paused_time(Duration::ZERO).unwrap();
    Budget::timeout(Duration::from_millis(20))
        .run(|| while checkpoint().is_ok() {})
        .unwrap();
    for _ in 0..50 {
        assert!(guarded_in_paused_time(Duration::from_secs(15)).is_ok());
        assert!(guarded_in_paused_time(Duration::from_nanos(15_000_000_001)).is_err());
    }
}

fn guarded_in_paused_time(step: Duration) -> Result<(), Tripped> {
    let _paused = Paused::new();
    check_without_a_deadline();
    guarded(step)
}
