//! Results that come after the deadline, which no check noticed.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::catch_unwind;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::{
    Budget, Event, Exit, Mode, Tripped, checkpoint, loop_guard, set_mode, testing,
};

use harness::events::{silently, take, then};
use harness::{Paused, exits};

const SECOND: Duration = Duration::from_secs(1);

thread_local! {
    static LATE: Cell<Option<(&'static str, Duration, Duration)>> = const { Cell::new(None) };
}

/// Runs `f` on a paused clock. Also returns the late scope that was reported, with its limit and the time it took.
fn late<T>(f: impl FnOnce() -> T) -> (T, Option<(&'static str, Duration, Duration)>) {
    let _paused = Paused::new();
    let result = heard(f);
    (result, LATE.take())
}

fn heard<T>(f: impl FnOnce() -> T) -> T {
    then(Some(|event| {
        if let Event::Late {
            scope,
            limit,
            elapsed,
            ..
        } = event
        {
            LATE.set(Some((*scope, *limit, *elapsed)));
        }
    }));
    let result = f();
    then(None);
    result
}

#[loop_guard(timeout = "1s", name = "brief")]
fn brief(time: Duration) -> Result<u32, Tripped> {
    testing::advance(time);
    Ok(1)
}

#[loop_guard(timeout = "1h", name = "long")]
fn long(time: Duration) -> u32 {
    testing::advance(time);
    2
}

#[test]
fn a_late_result_stands_and_is_told() {
    let (result, told) = late(|| brief(2 * SECOND));
    assert_eq!(result.unwrap(), 1);
    assert_eq!(told, Some(("brief", SECOND, 2 * SECOND)));
    let (result, told) = late(|| long(3601 * SECOND));
    assert_eq!(result, 2);
    assert_eq!(told, Some(("long", 3600 * SECOND, 3601 * SECOND)));
}

#[test]
fn one_in_time_is_not() {
    assert_eq!(late(|| brief(SECOND)).1, None);
    assert_eq!(late(|| long(3600 * SECOND)).1, None);
    assert_eq!(late(|| (0..100).for_each(|_| _ = long(SECOND))).1, None);
}

#[test]
fn it_says_so_in_one_line() {
    let _paused = Paused::new();
    take();
    _ = brief(2 * SECOND);
    let told = take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("loop guard: brief ("), "{told:?}");
    assert!(
        told[0].ends_with(
            ") came late, and no check noticed: 1s allowed, 2.000s used; `strict` makes that a trip"
        ),
        "{told:?}"
    );
}

#[loop_guard(timeout = "1s", strict)]
fn strictly(time: Duration) -> Result<u32, Tripped> {
    testing::advance(time);
    Ok(1)
}

#[loop_guard(timeout = "1s")]
fn notices(time: Duration) -> Result<(), Tripped> {
    testing::advance(time);
    _ = checkpoint();
    Ok(())
}

#[loop_guard(timeout = "1s")]
fn panics(time: Duration) {
    testing::advance(time);
    panic!("of its own");
}

#[test]
fn a_trip_is_no_late_result_and_a_panic_is_none() {
    let (result, told) = late(|| strictly(2 * SECOND));
    assert_eq!((result.is_err(), told), (true, None));
    assert_eq!(late(|| notices(2 * SECOND)).1, None);
    assert_eq!(
        late(|| silently(|| catch_unwind(|| panics(2 * SECOND)))).1,
        None
    );
}

#[loop_guard(timeout = "1s", name = "inside")]
fn inside(time: Duration) -> Result<(), Tripped> {
    testing::advance(time);
    checkpoint()?;
    testing::advance(time);
    Ok(())
}

#[test]
fn who_leaves_because_an_outer_scope_tripped_is_not_late() {
    let outer = || Budget::timeout(SECOND / 2).run(|| inside(2 * SECOND));
    let (result, told) = late(outer);
    assert_ne!(result.unwrap().unwrap_err().scope(), "inside");
    assert_eq!(told, None);
}

#[test]
fn of_nested_scopes_each_is_told_that_is_late() {
    let _paused = Paused::new();
    take();
    let ran = Budget::timeout(10 * SECOND).named("outer").run(|| {
        _ = brief(2 * SECOND);
        _ = brief(9 * SECOND);
    });
    ran.unwrap();
    let told = take();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].contains("2.000s used") && told[1].contains("9.000s used"),
        "{told:?}"
    );
    assert!(
        told[2].contains("guard: outer (") && told[2].contains("11.000s used"),
        "{told:?}"
    );
}

#[loop_guard(timeout = "1s", name = "late::observed")]
fn observed(time: Duration) -> Result<(), Tripped> {
    testing::advance(time);
    checkpoint()
}

#[test]
fn who_would_have_tripped_is_told_once() {
    set_mode("late::observed", Mode::Observe).unwrap();
    let _paused = Paused::new();
    take();
    observed(2 * SECOND).unwrap();
    let told = take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("observed, so it goes on"), "{told:?}");
    set_mode("late::observed", Mode::Off).unwrap();
    observed(2 * SECOND).unwrap();
    assert_eq!(take().len(), 0);
}

#[loop_guard(timeout = "1s", cleanup = |exit| exits::note(format!("{exit:?}")), name = "cleaned")]
fn cleaned(time: Duration) -> u32 {
    testing::advance(time);
    3
}

#[test]
fn a_cleanup_hears_of_a_return() {
    let (result, told) = late(|| cleaned(2 * SECOND));
    assert_eq!((result, told), (3, Some(("cleaned", SECOND, 2 * SECOND))));
    assert_eq!(exits::told(), [format!("{:?}", Exit::Returned)]);
}

#[loop_guard(timeout = "1s", name = "future")]
async fn future(time: Duration, pending: u32) -> Result<u32, Tripped> {
    let mut left = pending;
    poll_fn(|_| {
        left = left.saturating_sub(1);
        if left == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    testing::advance(time);
    Ok(4)
}

fn poll<F: Future>(future: F, times: u32) -> Poll<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 1..times {
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    future.as_mut().poll(&mut context)
}

#[test]
fn a_future_is_told_with_its_result() {
    for pending in [1, 3] {
        let (result, told) = late(|| poll(future(2 * SECOND, pending), pending));
        assert!(matches!(result, Poll::Ready(Ok(4))));
        assert_eq!(told, Some(("future", SECOND, 2 * SECOND)), "{pending}");
        assert_eq!(late(|| poll(future(SECOND, pending), pending)).1, None);
    }
    assert_eq!(late(|| poll(future(2 * SECOND, 5), 2)).1, None, "dropped");
    let wrapped = Budget::timeout(SECOND).named("wrapped").wrap(async {
        testing::advance(2 * SECOND);
    });
    let (result, told) = late(|| poll(wrapped, 1));
    assert!(matches!(result, Poll::Ready(Ok(()))));
    assert_eq!(told, Some(("wrapped", SECOND, 2 * SECOND)));
}

#[loop_guard(timeout = "5ms", name = "in real time")]
fn in_real_time() -> u32 {
    std::thread::sleep(Duration::from_millis(8));
    5
}

#[test]
fn in_real_time_as_well() {
    assert_eq!(heard(in_real_time), 5);
    let (scope, limit, elapsed) = LATE.take().expect("it slept for longer");
    assert_eq!((scope, limit), ("in real time", Duration::from_millis(5)));
    assert!(elapsed >= Duration::from_millis(8));
}
