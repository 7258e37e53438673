//! Arguments by a name that is a keyword of the next edition.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use guard_runtime::loop_guard;

#[loop_guard(timeout = "1h", fallback = 0)]
async fn of_a_future((_, gen): (u32, u32), _: u32) -> u32 {
    let mut sum = 0;
    for i in 0..gen {
        sum += ready(i).await;
    }
    sum
}

#[loop_guard(timeout = "1h", fallback = gen.iter().sum())]
fn of_a_closure(gen: &[u32], _: u32) -> u32 {
    let count = |most: u32| {
        let mut sum = 0;
        while sum < most {
            sum += 1;
        }
        sum
    };
    gen.iter().map(|&most| count(most)).sum()
}

#[loop_guard(timeout = "1h", strict, cleanup = |_| _ = gen)]
fn of_a_cleanup(gen: u32, mut sum: u32) -> u32 {
    let gen = gen + 1;
    for i in 0..gen {
        sum += i;
    }
    sum
}

#[test]
fn arguments_named_gen() {
    let mut future = pin!(of_a_future((1, 4), 2));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(6));
    assert_eq!(of_a_closure(&[2, 3], 0), 5);
    assert_eq!(of_a_cleanup(2, 10), 13);
}
