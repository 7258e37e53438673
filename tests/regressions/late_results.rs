//! `strict`, `deadline` and `root` in the attribute: a result after the deadline, a moment, an entry point.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Cause, Tripped, loop_guard, remaining, testing};
use harness::Paused;

use crate::block_on;

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

const LATE: Duration = Duration::from_millis(12);

#[loop_guard(timeout = "10ms", strict)]
fn late(time: Duration) -> Result<u32, Tripped> {
    if time > Duration::ZERO {
        spin(time);
        return Ok(1);
    }
    Ok(2)
}

#[loop_guard(timeout = "10ms", strict, fallback = |_| values.len())]
fn late_with_fallback(values: &[u32], time: Duration) -> usize {
    let mut sum = 0;
    for value in values {
        sum += *value as usize;
    }
    spin(time);
    sum
}

#[loop_guard(timeout = "10ms", strict, cleanup = |exit| told.push_str(&format!("{exit:?}")[..7]))]
fn late_with_cleanup(told: &mut String, time: Duration) -> Result<(), Tripped> {
    spin(time);
    Ok(())
}

#[loop_guard(timeout = "10ms", strict)]
async fn late_future(time: Duration) -> Result<u32, Tripped> {
    spin(time);
    Ok(1)
}

#[loop_guard(timeout = "10ms", strict, fallback = 7)]
fn late_block(time: Duration) -> Pin<Box<dyn Future<Output = u32>>> {
    Box::pin(async move {
        spin(time);
        1
    })
}

#[test]
fn a_late_result_is_a_trip() {
    assert_eq!(late(Duration::ZERO).unwrap(), 2);
    assert!(matches!(
        late(LATE).unwrap_err().cause(),
        Cause::Timeout { .. }
    ));
    assert_eq!(late_with_fallback(&[3, 4], Duration::ZERO), 7);
    assert_eq!(late_with_fallback(&[3, 4], LATE), 2);
    assert_eq!(block_on(late_future(Duration::ZERO)).unwrap(), 1);
    assert!(block_on(late_future(LATE)).is_err());
    assert_eq!(block_on(late_block(Duration::ZERO)), 1);
    assert_eq!(block_on(late_block(LATE)), 7);
}

#[test]
fn a_cleanup_stands_beside_it() {
    let mut told = String::new();
    late_with_cleanup(&mut told, LATE).unwrap_err();
    assert!(!told.is_empty());
}

#[loop_guard(deadline = end)]
fn until(end: Instant) -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[loop_guard(deadline = end)]
async fn until_in_a_future(end: Instant) -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

#[test]
fn a_moment_is_a_budget() {
    let end = Instant::now() + Duration::from_millis(5);
    until(end).unwrap_err();
    assert!(Instant::now() >= end);
    let end = Instant::now() + Duration::from_millis(5);
    block_on(until_in_a_future(end)).unwrap_err();
    assert!(Instant::now() >= end);
    until(end).unwrap_err();
}

#[loop_guard(timeout = "1h", root)]
fn job(n: u32) -> Result<u32, Tripped> {
    assert!(remaining().unwrap() > Duration::from_secs(60));
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

#[loop_guard(timeout = remaining().unwrap() + Duration::from_secs(3600), root)]
fn job_with_closures(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    (0..n).for_each(|i| {
        for j in 0..i {
            sum += j;
        }
    });
    Ok(sum)
}

#[loop_guard(iterations = 3, root)]
fn counted_job(n: u32) -> Result<(), Tripped> {
    (0..1).for_each(|_| for _ in 0..n {});
    Ok(())
}

#[loop_guard(timeout = "1h", root)]
async fn async_job(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..n {
        std::future::ready(()).await;
        sum += i;
    }
    Ok(sum)
}

#[test]
fn nothing_around_an_entry_point_counts() {
    let spent = Budget::timeout(Duration::from_millis(1)).run(|| {
        spin(Duration::from_millis(3));
        assert_eq!(job(3).unwrap(), 3);
        assert_eq!(job_with_closures(3).unwrap(), 1);
        assert!(counted_job(4).is_err());
        counted_job(3).unwrap();
        assert_eq!(block_on(async_job(3)).unwrap(), 3);
    });
    assert!(spent.is_ok());
}

const LIMIT: Duration = Duration::from_secs(1);

#[loop_guard(timeout = LIMIT, strict)]
fn never_ends() -> Result<(), Tripped> {
    loop {
        testing::advance(LIMIT);
    }
}

#[loop_guard(timeout = LIMIT, strict)]
fn never_ends_in_a_closure() -> Result<(), Tripped> {
    let endless = || {
        loop {
            testing::advance(LIMIT);
        }
    };
    endless()
}

#[loop_guard(timeout = LIMIT, strict)]
async fn never_ends_in_a_future() -> Result<(), Tripped> {
    loop {
        testing::advance(LIMIT);
        std::future::ready(()).await;
    }
}

#[loop_guard(timeout = LIMIT, strict)]
async fn never_ends_in_its_closure() -> Result<(), Tripped> {
    std::future::ready(()).await;
    let endless = || {
        loop {
            testing::advance(LIMIT);
        }
    };
    endless()
}

#[loop_guard(inherit)]
fn reads_until_it_fails() -> Result<(), Tripped> {
    loop {
        testing::advance(LIMIT);
    }
}

#[loop_guard(timeout = LIMIT, strict)]
fn drops_the_error() -> Result<usize, Tripped> {
    Ok(std::iter::repeat_with(reads_until_it_fails)
        .map_while(Result::ok)
        .count())
}

#[test]
fn a_strict_trip_names_the_loop_that_noticed_it() {
    let _paused = Paused::new();
    let of_run = Budget::timeout(LIMIT).strict();
    let trips = [
        never_ends().unwrap_err(),
        never_ends_in_a_closure().unwrap_err(),
        block_on(never_ends_in_a_future()).unwrap_err(),
        block_on(never_ends_in_its_closure()).unwrap_err(),
        drops_the_error().unwrap_err(),
        of_run.run(|| reads_until_it_fails().is_ok()).unwrap_err(),
        block_on(of_run.wrap(async { reads_until_it_fails().is_ok() })).unwrap_err(),
    ];
    for trip in trips {
        let report = trip.to_string();
        assert!(report.contains("noticed in the `loop`"), "{report}");
    }
}
