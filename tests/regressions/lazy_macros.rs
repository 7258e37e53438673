//! The user's own macros, which have a known name and evaluate their arguments in closures, or await.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use guard_runtime::{Tripped, deadline, loop_guard};

macro_rules! debug {
    ($($arg:tt)*) => { crate::lazy_macros::Lazy(|| format!($($arg)*)).text() };
}

macro_rules! join {
    ($a:expr, $b:expr) => {{
        let (a, b) = (|| $a, || $b);
        (b(), a())
    }};
}

struct Lazy<F>(F);

impl<F: Fn() -> String> Lazy<F> {
    fn text(&self) -> String {
        (self.0)()
    }
}

#[loop_guard(timeout = "1h")]
fn logged(n: u32) -> Result<String, Tripped> {
    Ok(debug!("{}", {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    }))
}

#[loop_guard(iterations = 5)]
fn joined(n: u32) -> Result<(u32, u32), Tripped> {
    let (a, b) = join!(
        {
            let mut a = 0;
            while a < n {
                a += 1;
            }
            a
        },
        loop {
            if n < 100 {
                break 7;
            }
        }
    );
    Ok((a, b))
}

#[loop_guard(iterations = 2)]
fn standard(n: u32) -> Result<Vec<u32>, Tripped> {
    assert!(n < 10, "{}", {
        for _ in 0..9 {}
        n
    });
    Ok(vec![
        {
            let mut a = 0;
            while a < n {
                a += 1;
            }
            a
        },
        n,
    ])
}

#[test]
fn arguments_may_run_in_closures() {
    assert_eq!(logged(4).unwrap(), "6");
    assert_eq!(joined(3).unwrap(), (7, 3));
    assert!(joined(9).is_err());
    assert_eq!(standard(2).unwrap(), [2, 2]);
    assert!(standard(3).is_err());
}

/// Called like macros of the standard library.
mod by_great_names {
    use guard_runtime::{Tripped, loop_guard};

    macro_rules! vec {
        ($($item:expr),*) => { [$(crate::lazy_macros::Lazy(|| $item.to_string()).text()),*] };
    }

    macro_rules! println {
        ($($arg:tt)*) => { crate::lazy_macros::pauses(format!($($arg)*)).await };
    }

    #[loop_guard(iterations = 4)]
    pub(super) fn lazy(n: u32) -> Result<[String; 2], Tripped> {
        Ok(vec![n, {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            sum
        }])
    }

    #[loop_guard(timeout = "1h", macros(println))]
    pub(super) async fn awaits(n: u32) -> Result<usize, Tripped> {
        let mut written = 0;
        for i in 0..n {
            written += println!("{i}");
        }
        Ok(written)
    }
}

/// Pending once.
async fn pauses(text: String) -> usize {
    let mut waited = false;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(text.len())
        } else {
            Poll::Pending
        }
    })
    .await
}

#[test]
fn the_names_of_the_standard_library_are_no_exception() {
    assert_eq!(by_great_names::lazy(4).unwrap(), ["4", "6"]);
    assert!(by_great_names::lazy(5).is_err());
}

#[test]
fn one_that_awaits_is_named_in_the_attribute() {
    let mut future = pin!(by_great_names::awaits(2));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        assert!(future.as_mut().poll(&mut context).is_pending());
        assert_eq!(deadline(), None, "the scope is on the stack");
    }
    let Poll::Ready(written) = future.as_mut().poll(&mut context) else {
        panic!("it is not ready");
    };
    assert_eq!(written.unwrap(), 2);
}
