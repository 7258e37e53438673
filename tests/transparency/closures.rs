//! Loops in closures: their trips leave the function silently by its own way out, and nothing else changes.

mod borrows;
mod drops;
mod unwinding;

use std::io;
use std::time::Duration;

use guard_runtime::{Cause, Tripped, loop_guard, testing};
use harness::Paused;

use crate::panics;

fn paused<T>(f: impl FnOnce() -> T) -> T {
    let _paused = Paused::new();
    f()
}

#[loop_guard(timeout = "10s")]
fn by_error(n: u32) -> Result<u32, Tripped> {
    let work = |n| {
        for _ in 0..n {
            testing::advance(Duration::from_secs(1));
        }
        n
    };
    Ok(work(n) + work(n))
}

type Io<T> = io::Result<T>;

#[loop_guard(timeout = "10s")]
fn by_aliased_error(n: u32) -> Io<u32> {
    let mut done = 0;
    (0..n).for_each(|_| {
        while done % 3 != 2 {
            testing::advance(Duration::from_secs(1));
            done += 1;
        }
        done += 1;
    });
    Ok(done)
}

#[loop_guard(timeout = "10s")]
fn by_panic(n: u32) -> u32 {
    let work = || {
        let mut left = n;
        while left > 0 {
            testing::advance(Duration::from_secs(1));
            left -= 1;
        }
        n
    };
    work() + work()
}

#[loop_guard(timeout = "10s", fallback = u32::MAX)]
fn by_fallback(n: u32) -> u32 {
    (0..n)
        .inspect(|_| {
            for _ in 0..n {
                testing::advance(Duration::from_secs(1));
            }
        })
        .sum()
}

#[loop_guard(timeout = "10s", fallback = |trip: Tripped| trip.to_string().len() + text.len())]
fn by_called_fallback(text: &str) -> usize {
    let forever = || loop {
        testing::advance(Duration::from_secs(1));
    };
    forever()
}

#[test]
fn a_trip_leaves_as_the_function_leaves() {
    paused(|| {
        assert_eq!(panics::none(|| by_error(4)).unwrap(), 8);
        let trip = panics::none(|| by_error(6)).unwrap_err();
        assert!(matches!(trip.cause(), Cause::Timeout { .. }));
        assert!(trip.scope().ends_with("::by_error"));

        assert_eq!(panics::none(|| by_aliased_error(3)).unwrap(), 9);
        let error = panics::none(|| by_aliased_error(9)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);

        assert_eq!(panics::none(|| by_panic(5)), 10);
        let message = panics::one(|| by_panic(6));
        assert!(message.contains("by_panic"), "{message}");
        assert!(message.contains("noticed in the `while`"), "{message}");

        assert_eq!(panics::none(|| by_fallback(3)), 3);
        assert_eq!(panics::none(|| by_fallback(4)), u32::MAX);
        assert!(panics::none(|| by_called_fallback("1234")) > 50);
    });
}

#[loop_guard(iterations = 10, on_trip = "break")]
fn by_break(n: u32) -> u32 {
    let mut done = 0;
    let mut work = |n| {
        for _ in 0..n {
            done += 1;
        }
    };
    work(n);
    work(n);
    done
}

#[test]
fn a_broken_loop_in_a_closure_is_left_and_the_closure_goes_on() {
    assert_eq!(by_break(5), 10);
    assert_eq!(by_break(7), 10);
    assert_eq!(by_break(20), 10);
}

#[loop_guard(iterations = 10)]
fn counted(outside: u32, inside: u32) -> Result<u32, Tripped> {
    let mut done = 0;
    for _ in 0..outside {
        done += 1;
    }
    let mut more = || {
        let mut left = inside;
        while left > 0 {
            left -= 1;
            done += 1;
        }
    };
    more();
    for _ in 0..outside {
        done += 1;
    }
    Ok(done)
}

#[loop_guard(iterations = 10)]
fn counted_each(depth: u32) -> Result<u32, Tripped> {
    let inner = if depth == 0 {
        0
    } else {
        counted_each(depth - 1)?
    };
    let work = || {
        let mut done = 0;
        while done < 10 {
            done += 1;
        }
        done
    };
    Ok(work() + inner)
}

#[test]
fn iterations_count_the_loops_of_closures() {
    for outside in 0..8 {
        for inside in 0..14 {
            let wanted = 2 * outside + inside;
            let got = panics::none(|| counted(outside, inside));
            match got {
                Ok(done) => assert_eq!(done, wanted),
                Err(trip) => assert_eq!(trip.cause(), Cause::Iterations { limit: 10 }),
            }
            assert_eq!(counted(outside, inside).is_ok(), wanted <= 10);
        }
    }
    assert_eq!(counted_each(5).unwrap(), 60);
}

#[loop_guard(iterations = 3)]
fn spawns(n: u64) -> Result<u64, Tripped> {
    let thread = std::thread::spawn(move || {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    });
    Ok(thread.join().expect("another thread has no scope"))
}

#[loop_guard(timeout = "10s")]
fn scoped(numbers: &mut [u64]) -> Result<u64, Tripped> {
    std::thread::scope(|scope| {
        for number in numbers.iter_mut() {
            scope.spawn(|| {
                while *number < 100 {
                    *number += 1;
                }
            });
        }
    });
    Ok(numbers.iter().sum())
}

#[test]
fn other_threads_start_with_no_scope() {
    assert_eq!(spawns(100).unwrap(), 4950);
    assert_eq!(scoped(&mut [1, 2, 3]).unwrap(), 300);
}

#[loop_guard(timeout = "10s")]
fn returned(step: u32) -> impl Fn(u32) -> u32 + Send + Sync + Clone + 'static {
    move |n| {
        let mut sum = 0;
        for _ in 0..n {
            sum += step;
        }
        sum
    }
}

#[loop_guard(inherit)]
fn boxed<'a>(sum: &'a mut u32) -> Box<dyn FnMut(u32) + 'a> {
    Box::new(move |n| {
        for _ in 0..n {
            *sum += 1;
        }
    })
}

#[loop_guard(timeout = "10s")]
fn calls_back(f: &dyn Fn(u32) -> u32) -> Result<u32, Tripped> {
    let twice = |n| {
        let mut sum = 0;
        for _ in 0..2 {
            testing::advance(Duration::from_secs(6));
            sum += f(n);
        }
        sum
    };
    Ok(twice(3))
}

#[test]
fn a_returned_closure_checks_the_scope_of_its_caller() {
    let three = returned(3);
    let elsewhere = three.clone();
    assert_eq!(std::thread::spawn(move || elsewhere(4)).join().unwrap(), 12);
    assert_eq!(three(7), 21);
    let mut sum = 0;
    boxed(&mut sum)(5);
    assert_eq!(sum, 5);
    paused(|| {
        let trip = panics::none(|| calls_back(&three)).unwrap_err();
        assert!(trip.scope().ends_with("::calls_back"));
    });
}

#[loop_guard(timeout = "10s", fallback = text.len() + pair.1 + first)]
fn falls_back_on(mut text: &str, pair: (usize, usize), (first, _): (usize, u8), n: u64) -> usize {
    text = &text[1..];
    let work = || {
        for _ in 0..n {
            testing::advance(Duration::from_secs(1));
        }
        text.len()
    };
    work()
}

#[test]
fn a_fallback_sees_the_arguments() {
    paused(|| {
        assert_eq!(falls_back_on("abc", (1, 10), (100, 0), 1), 2);
        assert_eq!(falls_back_on("abc", (1, 10), (100, 0), 20), 113);
    });
}

twins! { borrowed: ()
    pub(crate) fn mutably(ref mut a: Vec<u32>, n: u32) -> usize {
        (0..n).for_each(|i| for _ in 0..2 { a.push(i); });
        a.len()
    }
}

#[test]
fn an_argument_may_be_borrowed_by_its_pattern() {
    use borrowed::{counted, inherited, plain, timed};
    let all = [
        plain::mutably,
        timed::mutably,
        counted::mutably,
        inherited::mutably,
    ];
    assert!(all.iter().all(|mutably| mutably(vec![1], 3) == 7));
}
