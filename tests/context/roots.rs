//! Entry points whose budget is computed, with loops in closures.

use std::time::Duration;

use guard_runtime::{Cause, Tripped, loop_guard};

#[loop_guard(timeout = limit * 2, root)]
fn sum(limit: Duration, rows: &[u32], factor: u32) -> Result<u32, Tripped> {
    let scaled = rows.iter().map(|row| {
        let mut n = 0;
        for _ in 0..*row {
            n += factor;
        }
        n
    });
    Ok(scaled.sum())
}

#[loop_guard(timeout = limit, root)]
fn endless(limit: Duration, rows: &[u32]) -> Result<u64, Tripped> {
    let spin = |row: &u32| -> u64 {
        let mut rounds = 0_u64;
        while rounds % 2 < u64::from(*row) {
            rounds = std::hint::black_box(rounds + 2);
        }
        rounds
    };
    Ok(rows.iter().map(spin).sum())
}

#[test]
fn they_see_their_arguments() {
    assert_eq!(sum(Duration::from_secs(60), &[1, 2, 3], 2).unwrap(), 12);
    let limit = Duration::from_millis(2);
    let cause = endless(limit, &[1]).unwrap_err().cause();
    assert!(matches!(cause, Cause::Timeout { limit: allowed, .. } if allowed == limit));
}
