//! Futures that say `root`: while they are polled nothing around them counts, and in between everything does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::{Budget, Tripped, checkpoint, deadline, loop_guard, remaining, testing};
use harness::Paused;

use super::by_hand::{ByHand, NANO, SECOND, pause};

/// A job of three polls. Also says how much time is left in each of them.
#[loop_guard(timeout = SECOND * 5, root, name = "job")]
async fn job(seen: &mut Vec<Option<Duration>>) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..3 {
        seen.push(remaining());
        if i > 0 {
            pause().await;
        }
        seen.push(remaining());
        sum += i;
    }
    Ok(sum)
}

#[test]
fn they_see_their_own_time_in_each_poll_and_what_is_around_sees_its_own() {
    let _paused = Paused::new();
    let mut seen = Vec::new();
    let mut future = ByHand::new(job(&mut seen));
    let around = Budget::timeout(SECOND).named("around");
    let outcome = around.run(|| {
        let before = deadline();
        testing::advance(SECOND * 2);
        // Spent, but not for the job.
        for _ in 0..2 {
            future.pend();
            assert_eq!(deadline(), before, "the job's scope is on the stack");
            assert_eq!(checkpoint().unwrap_err().scope(), "around");
        }
        future.finish()
    });
    assert_eq!(outcome.unwrap().unwrap(), 3);
    drop(future);
    assert_eq!(seen, [Some(SECOND * 5); 6]);
    assert_eq!(deadline(), None);
}

#[test]
fn they_trip_at_their_own_deadline() {
    let _paused = Paused::new();
    let mut seen = Vec::new();
    let mut future = ByHand::new(job(&mut seen));
    let outcome = Budget::timeout(SECOND * 60).named("around").run(|| {
        future.pend();
        testing::advance(SECOND * 5 + NANO);
        (future.finish(), checkpoint())
    });
    let (job, around) = outcome.unwrap();
    assert_eq!(job.unwrap_err().scope(), "job");
    assert!(around.is_ok());
}

/// Awaits another entry point, and is one.
#[loop_guard(timeout = SECOND, iterations = 10, root, name = "outer job")]
async fn outer_job(seen: &mut Vec<Option<Duration>>) -> Result<u32, Tripped> {
    let inner = job(seen).await?;
    let mut sum = 0;
    for i in 0..=inner {
        sum += i;
    }
    Ok(sum)
}

#[test]
fn an_entry_point_in_an_entry_point_is_left_first() {
    let _paused = Paused::new();
    let mut seen = Vec::new();
    let mut future = ByHand::new(outer_job(&mut seen));
    future.pend();
    assert_eq!(deadline(), None);
    testing::advance(SECOND / 2);
    future.pend();
    let sum = future.finish().unwrap();
    drop(future);
    assert_eq!(sum, 6);
    let half = Some(SECOND * 5 - SECOND / 2);
    let whole = Some(SECOND * 5);
    // The first wait ends half a second later.
    assert_eq!(seen, [whole, whole, whole, half, half, half]);

    let mut seen = Vec::new();
    let mut future = ByHand::new(outer_job(&mut seen));
    future.pend();
    testing::advance(SECOND + NANO);
    // The inner one does not count what is around it. The outer one notices at its own await.
    assert_eq!(future.finish().unwrap_err().scope(), "outer job");
    assert_eq!(deadline(), None);
}

#[test]
fn one_that_is_dropped_or_panics_leaves_nothing_behind() {
    #[loop_guard(timeout = "5s", root)]
    async fn panics(first: bool) {
        if !first {
            pause().await;
        }
        panic!("as asked");
    }
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND).run(|| {
        let before = deadline();
        let mut seen = Vec::new();
        let mut dropped = ByHand::new(job(&mut seen));
        dropped.pend();
        drop(dropped);
        assert_eq!(deadline(), before);
        for first in [true, false] {
            let mut future = ByHand::new(panics(first));
            if !first {
                future.pend();
            }
            let caught = catch_unwind(AssertUnwindSafe(|| future.poll()));
            assert!(caught.is_err());
            assert_eq!(deadline(), before);
        }
    });
    assert!(outcome.is_ok());
}

/// A helper without a place for the error cuts the job, and nothing around it.
#[test]
fn a_trip_that_unwinds_ends_at_the_entry_point() {
    #[loop_guard(inherit)]
    fn helper() -> u32 {
        let mut rounds = 0;
        while rounds < 10 {
            rounds += 1;
        }
        rounds
    }

    #[loop_guard(timeout = SECOND, root, name = "calls")]
    async fn calls() -> u32 {
        testing::advance(SECOND + NANO);
        helper()
    }
    let _paused = Paused::new();
    let outcome = Budget::timeout(SECOND * 60).run(|| {
        let caught = catch_unwind(AssertUnwindSafe(|| ByHand::new(calls()).poll().is_ready()));
        (caught.is_err(), checkpoint().is_ok())
    });
    assert_eq!(outcome.unwrap(), (true, true));
}
