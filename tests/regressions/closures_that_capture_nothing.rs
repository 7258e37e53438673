//! A closure with a loop that captures nothing stays one that is a `fn` pointer and outlives the function, whatever the
//! function's budget is.

use core::time::Duration;
use std::thread;

use guard_runtime::{Budget, CancelToken, Cause, Tripped, loop_guard};

fn halved(call: fn(u32) -> u32, n: u32) -> u32 {
    call(n)
}

macro_rules! forms {
    ($token:ident; $($form:ident($($arguments:tt)*);)*) => {$(
        mod $form {
            use super::*;

            #[loop_guard($($arguments)*)]
            pub(super) fn pointer($token: &CancelToken, n: u32) -> u32 {
                let _ = $token;
                let call: fn(u32) -> u32 = |mut x| {
                    while x > 1 {
                        x -= 2;
                    }
                    x
                };
                halved(call, n)
            }

            #[loop_guard($($arguments)*)]
            pub(super) fn spawned($token: &CancelToken) -> u32 {
                let _ = $token;
                let work = thread::spawn(|| {
                    let mut sum = 0;
                    for x in [1, 2, 3] {
                        sum += x;
                    }
                    sum
                });
                work.join().unwrap()
            }
        }
    )*};
}
forms! {
    token;
    counted(iterations = 100);
    deep(iterations = 100, depth = 10);
    cancelled(iterations = 100, cancel = token);
    named(budget = Budget::new().iterations(100).named("halves"));
    without_pauses(budget = Budget::timeout(Duration::from_secs(3600)).iterations(100).ignore_pauses());
    given(budget = Budget::new().iterations(100));
    all(iterations = 100, timeout = "1h", when = "all");
}

#[test]
fn they_compile_and_do_what_they_did() {
    let token = CancelToken::new();
    for pointer in [
        counted::pointer,
        deep::pointer,
        cancelled::pointer,
        named::pointer,
        without_pauses::pointer,
        given::pointer,
        all::pointer,
    ] {
        assert_eq!(pointer(&token, 21), 1);
    }
    for spawned in [
        counted::spawned,
        deep::spawned,
        cancelled::spawned,
        named::spawned,
        without_pauses::spawned,
        given::spawned,
        all::spawned,
    ] {
        assert_eq!(spawned(&token), 6);
    }
}

/// Its closure counts for its own activation, also if a function with a budget of the same name stands in between.
#[loop_guard(budget = Budget::new().iterations(limit).named("halves"))]
fn counts(limit: u64, between: &dyn Fn(&dyn Fn())) -> Result<(), Tripped> {
    between(&|| {
        for () in core::iter::repeat_n((), 3) {
            thread::yield_now();
        }
    });
    Ok(())
}

#[loop_guard(budget = Budget::new().iterations(1).named("halves"))]
fn stranger(call: &dyn Fn()) {
    call();
    for () in core::iter::repeat_n((), 1) {
        thread::yield_now();
    }
}

#[test]
fn their_iterations_count_for_their_own_function() {
    assert!(counts(3, &|call| call()).is_ok());
    let tripped = counts(2, &|call| call()).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 2 });
    assert!(counts(3, &|call| stranger(call)).is_ok());
    let tripped = counts(2, &|call| stranger(call)).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 2 });
}
