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
