//! A future that became the value in another way than as the last expression, such as in a tuple or by a combinator, was
//! not guarded, without a word. With a budget that is an error (`ui/misuse/future-not-guarded`); with `inherit` its loops
//! check the scopes of whoever polls it; and futures that the function itself runs are part of its scope.

use std::future::{Future, poll_fn, ready};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::{Budget, Tripped, loop_guard, testing};
use harness::Paused;

use crate::block_on;

const SECOND: Duration = Duration::from_secs(1);

type Reply = Pin<Box<dyn Future<Output = u32>>>;

#[loop_guard(inherit)]
fn in_a_value(n: u32) -> Result<(Reply, u32), Tripped> {
    let counts: Reply = Box::pin(async move {
        let mut i = 0;
        while i < n {
            i += 1;
        }
        i
    });
    Ok((counts, n))
}

#[loop_guard(inherit)]
fn by_hand(n: u32) -> impl Future<Output = u32> {
    let mut i = 0;
    poll_fn(move |_| {
        while i < n {
            i += 1;
        }
        Poll::Ready(i)
    })
}

/// Runs to its end inside the function.
#[loop_guard(iterations = 3)]
fn runs(n: u32) -> Result<Option<u32>, Tripped> {
    let counts = async move {
        let mut i = 0;
        while i < n {
            i += 1;
        }
        i
    };
    let mut counts: Reply = Box::pin(counts);
    let polled = counts
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    Ok(match polled {
        Poll::Ready(count) => Some(count),
        Poll::Pending => None,
    })
}

/// Nothing in what it returns loops by itself.
#[loop_guard(timeout = "1h")]
fn looks_first(values: &[u32]) -> Reply {
    let mut sum = 0;
    for value in values {
        sum += value;
    }
    Box::pin(ready(sum))
}

#[test]
fn what_is_run_inside_a_scope_is_cut_by_it() {
    let (counts, three) = in_a_value(3).unwrap();
    assert_eq!((block_on(counts), three), (3, 3));
    let _paused = Paused::new();
    let cut = |future: Reply, after: Duration| {
        Budget::timeout(SECOND).run(|| {
            testing::advance(after);
            block_on(future)
        })
    };
    assert_eq!(cut(in_a_value(3).unwrap().0, SECOND / 2).unwrap(), 3);
    assert!(cut(in_a_value(3).unwrap().0, SECOND * 2).is_err());
    assert_eq!(cut(Box::pin(by_hand(3)), SECOND / 2).unwrap(), 3);
    assert!(cut(Box::pin(by_hand(3)), SECOND * 2).is_err());
    assert_eq!(runs(3).unwrap(), Some(3));
    assert!(runs(4).is_err());
    assert_eq!(block_on(looks_first(&[1, 2])), 3);
}

/// Takes a second for each turn.
#[loop_guard(timeout = "1s", name = "maker")]
fn makes_a_maker() -> impl Fn(u32) -> Reply {
    |n| {
        Box::pin(async move {
            let mut i = 0;
            while i < n {
                testing::advance(SECOND);
                i += 1;
            }
            i
        })
    }
}

macro_rules! reply {
    ($($body:tt)*) => { Box::pin(async move { $($body)* }) as Reply };
}

/// Calls something, or the attribute would say that it guards nothing.
#[loop_guard(timeout = "1s", name = "of a macro")]
fn made_by_a_macro(n: u32) -> Reply {
    testing::advance(Duration::ZERO);
    reply! {
        let mut i = 0;
        while i < n {
            testing::advance(SECOND);
            i += 1;
        }
        i
    }
}

#[loop_guard(timeout = "1s", name = "by itself")]
async fn by_itself(n: u32) -> Result<u32, Tripped> {
    let mut i = 0;
    while i < n {
        testing::advance(SECOND);
        i += 1;
    }
    Ok(i)
}

/// The documented limit: no budget of the function covers them. An `async fn` of its own does.
#[test]
fn futures_of_a_returned_closure_or_of_a_macro_have_no_budget() {
    let _paused = Paused::new();
    assert_eq!(block_on(makes_a_maker()(9)), 9);
    assert_eq!(block_on(made_by_a_macro(9)), 9);
    // The loop of the closure checks the scopes of whoever polls it. A macro's arguments have no checks.
    let budget = Budget::timeout(SECOND).named("who polls");
    let polled = budget.run(|| block_on(makes_a_maker()(9)));
    assert_eq!(polled.unwrap_err().scope(), "who polls");
    assert_eq!(budget.run(|| block_on(made_by_a_macro(9))).unwrap(), 9);
    assert_eq!(block_on(by_itself(9)).unwrap_err().scope(), "by itself");
}
