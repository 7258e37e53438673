//! In edition 2021 the temporaries of a block's value outlive its variables, in a guarded future as well.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use edition_2021::{Log, Told, falling_back, guarded, plain};

/// What is dropped until it is ready, or until it was polled so many times and is dropped itself.
fn dropped<F: Future<Output = u32>>(
    polls: u32,
    make: impl FnOnce(&dyn Fn(u32) -> Told) -> F,
) -> (Vec<u32>, Option<u32>) {
    let log = Log::default();
    let mut value = None;
    {
        let mut future = pin!(make(&|id| Told(log.clone(), id)));
        for _ in 0..polls {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(ready) = future.as_mut().poll(&mut context) {
                value = Some(ready);
                break;
            }
            log.borrow_mut().push(1000);
        }
    }
    (log.take(), value)
}

macro_rules! same {
    ($($name:ident($told:ident => $($argument:expr),*);)*) => {
        for polls in 0..6 {
            $(
                let wanted = dropped(polls, |$told| plain::$name($($argument),*));
                let names = (stringify!($name), polls);
                assert_eq!(dropped(polls, |$told| guarded::$name($($argument),*)), wanted, "{names:?}");
                assert_eq!(dropped(polls, |$told| falling_back::$name($($argument),*)), wanted, "{names:?}");
            )*
        }
    };
}

#[test]
fn futures_drop_in_the_same_order() {
    same! {
        borrows_an_argument(told => (told(1), told(2)), told(3));
        awaits_what_borrows(told => told(1), told(2));
        in_a_statement(told => told(1), told(2));
        moves(told => told(1), told(2), told(3));
        with_a_helper(told => (told(1), told(2)), told(3));
        early(told => told(1), told(2));
    }
}
