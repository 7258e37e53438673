//! Functions whose attribute names the breaker.

use super::*;

#[loop_guard(timeout = "10ms", breaker = b)]
fn returns_after(time: u64, b: &Breaker) -> Result<(), Tripped> {
    testing::advance(millis(time));
    Ok(())
}

#[loop_guard(timeout = "10ms", breaker = b, cancel = cancelled())]
fn is_cancelled_at_once(b: &Breaker) -> Result<(), Tripped> {
    loop {}
}

#[loop_guard(timeout = "10ms", breaker = b)]
fn spins(b: &Breaker) -> Result<(), Tripped> {
    loop {
        testing::advance(millis(1));
    }
}

#[loop_guard(timeout = "10ms", breaker = b)]
async fn waits(b: &Breaker) -> Result<(), Tripped> {
    pending().await
}

/// The scope of the function is around the call, but counts as the call's own.
#[test]
fn functions_with_a_breaker() {
    check("in time", Success, breaker, |b| {
        returns_after(10, b).unwrap();
    });
    check("late", Failure, breaker, |b| {
        returns_after(11, b).unwrap();
    });
    check("cut by its own budget", Failure, breaker, |b| {
        spins(b).unwrap_err();
    });
    check(
        "cut from outside after less than half",
        Neutral,
        breaker,
        |b| {
            drop(Budget::timeout(millis(3)).run(|| spins(b)));
        },
    );
    check("cut from outside after half", Failure, breaker, |b| {
        drop(Budget::timeout(millis(6)).run(|| spins(b)));
    });
    check("cancelled", Neutral, breaker, |b| {
        is_cancelled_at_once(b).unwrap_err();
    });
    check("a future at its deadline", Failure, breaker, |b| {
        let mut future = pin!(waits(b));
        assert!(poll(future.as_mut()).is_pending());
        testing::advance(millis(11));
        assert!(matches!(poll(future), Poll::Ready(Err(_))));
    });
    for (ran, expected) in [(4, Neutral), (6, Failure)] {
        check("a future that is dropped", expected, breaker, |b| {
            let mut future = Box::pin(waits(b));
            assert!(poll(future.as_mut()).is_pending());
            testing::advance(millis(ran));
        });
    }
}
