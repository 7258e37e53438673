//! Guarded functions on a target without a clock and without threads: time budgets never end there, those of iterations
//! do. `run.mjs` calls [`outcomes`] in Node.js; `.ci/toolchains/wasm32` builds and runs it.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::{Budget, Cause, Tripped, checkpoint, loop_guard, remaining};

#[loop_guard(timeout = "1ms")]
fn with_a_timeout(n: u64) -> Result<u64, Tripped> {
    let mut x = n;
    while x > 1 {
        x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
    }
    Ok(x)
}

/// More items than fit into the first strip.
#[loop_guard(inherit)]
fn in_strips(items: &[u64]) -> u64 {
    let mut sum = 0_u64;
    for item in items {
        sum = sum.wrapping_add(*item);
    }
    sum
}

#[loop_guard(timeout = "1ms")]
fn with_helpers(items: &[u64]) -> Result<u64, Tripped> {
    let sums = items.iter().map(|n| {
        let mut sum = 0;
        for item in 0..*n {
            sum += item;
        }
        sum
    });
    Ok(sums.sum::<u64>() + in_strips(items))
}

#[loop_guard(iterations = 3)]
fn counted(n: u32) -> Result<u32, Tripped> {
    let mut count = 0;
    while count < n {
        count += 1;
    }
    Ok(count)
}

#[loop_guard(timeout = "1ms")]
async fn future(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..n {
        sum += ready(i).await;
    }
    Ok(sum)
}

#[loop_guard(iterations = 3)]
async fn counted_future(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..n {
        sum += ready(i).await;
    }
    Ok(sum)
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let polled = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(value) = polled {
            return value;
        }
    }
}

/// The number of the first outcome that is not as documented, or 0.
#[unsafe(no_mangle)]
pub extern "C" fn outcomes() -> u32 {
    let millisecond = Duration::from_millis(1);
    let items: Vec<u64> = (0..1_000).collect();
    let mut turns = 0_u32;
    let in_a_budget = Budget::timeout(millisecond).run(|| {
        while turns < 10_000_000 && checkpoint().is_ok() {
            turns += 1;
        }
        (in_strips(&items), remaining())
    });
    let trip = |outcome: Result<u32, Tripped>| outcome.map_err(|tripped| tripped.cause());
    let outcomes = [
        with_a_timeout(837_799).is_ok_and(|end| end == 1),
        with_helpers(&items).is_ok(),
        in_a_budget.is_ok_and(|(sum, left)| sum == 499_500 && left == Some(millisecond)),
        turns == 10_000_000,
        trip(counted(3)) == Ok(3),
        trip(counted(4)) == Err(Cause::Iterations { limit: 3 }),
        block_on(future(1_000)).is_ok_and(|sum| sum == 499_500),
        trip(block_on(counted_future(4))) == Err(Cause::Iterations { limit: 3 }),
    ];
    (1..)
        .zip(outcomes)
        .find_map(|(number, right)| (!right).then_some(number))
        .unwrap_or(0)
}
