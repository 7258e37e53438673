//! Whether a helper without a `Result` or its caller first noticed that the time was over, decided whether the same
//! call
//! returned an error or panicked.

use std::cell::Cell;
use std::time::{Duration, Instant};

use guard_runtime::{Budget, Tripped, loop_guard};

use crate::block_on;

const LIMIT: Duration = Duration::from_millis(3);

/// Has no place for an error.
#[loop_guard(inherit)]
fn helper(time: Duration) -> u32 {
    let (start, mut turns) = (Instant::now(), 0);
    while start.elapsed() < time {
        turns += 1;
    }
    turns
}

#[derive(Debug)]
struct Failed(String);

impl From<Tripped> for Failed {
    fn from(tripped: Tripped) -> Self {
        Self(tripped.scope().to_owned())
    }
}

#[loop_guard(timeout = LIMIT, name = "owner")]
fn owner(slow_helper: bool) -> Result<u32, Failed> {
    let mut turns = 0;
    loop {
        if turns == u32::MAX {
            return Ok(turns);
        }
        turns |= helper(if slow_helper {
            LIMIT * 100
        } else {
            Duration::ZERO
        });
    }
}

#[loop_guard(timeout = LIMIT, on_trip = "error")]
fn by_a_word() -> Result<u32, Tripped> {
    Ok(helper(LIMIT * 100))
}

struct Cleaned<'c>(&'c Cell<u32>);

impl Drop for Cleaned<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// The boundary changes nothing else: borrows, early returns, `?`, values that borrow from the arguments.
#[loop_guard(timeout = "1h")]
fn finds<'v>(
    values: &'v mut Vec<String>,
    wanted: &str,
    cleaned: &Cell<u32>,
) -> Result<&'v mut String, Tripped> {
    let _cleaned = Cleaned(cleaned);
    values.push(wanted.to_owned());
    for value in values.iter_mut() {
        if *value == wanted {
            helper(Duration::ZERO);
            return Ok(value);
        }
    }
    unreachable!("it was pushed")
}

/// The same for futures, wherever the helper is called.
#[loop_guard(timeout = LIMIT, name = "owner")]
async fn future(slow_helper: bool, wait: bool) -> Result<u32, Failed> {
    let mut turns = 0;
    loop {
        if turns == u32::MAX {
            return Ok(turns);
        }
        if wait {
            std::future::ready(()).await;
        }
        let time = if slow_helper {
            LIMIT * 100
        } else {
            Duration::ZERO
        };
        turns |= helper(time);
    }
}

#[loop_guard(timeout = LIMIT, fallback = 7)]
async fn with_a_fallback() -> u32 {
    std::future::ready(helper(LIMIT * 100)).await
}

type Answer<T> = Result<T, Tripped>;

/// Under whatever name the type is known.
#[loop_guard(timeout = LIMIT)]
fn under_an_alias() -> Answer<u32> {
    Ok(helper(LIMIT * 100))
}

#[loop_guard(timeout = LIMIT, fallback = 7)]
fn function_with_a_fallback() -> u32 {
    helper(LIMIT * 100)
}

#[loop_guard(timeout = LIMIT, fallback = of.len())]
fn fallback_of_an_argument(of: &str, times: u32) -> usize {
    let turns = helper(LIMIT * times);
    of.len() + turns as usize
}

/// Nothing may unwind out of this function: a trip of its helper would end the process.
#[loop_guard(timeout = LIMIT, fallback = 7)]
extern "C" fn called_by_c(times: u32) -> u32 {
    helper(LIMIT * times)
}

/// The helper is called by a future that no guard owns.
#[loop_guard(timeout = LIMIT, name = "owner")]
async fn awaits(wait: bool) -> Answer<u32> {
    async fn unguarded(wait: bool) -> u32 {
        if wait {
            std::future::ready(()).await;
        }
        helper(LIMIT * 100)
    }
    Ok(unguarded(wait).await)
}

#[loop_guard(timeout = LIMIT, fallback = 7)]
async fn awaits_with_a_fallback() -> u32 {
    let unguarded = async { helper(LIMIT * 100) };
    unguarded.await
}

/// A function that calls itself, or uses an operator, catches the trips of helpers if it says so.
#[loop_guard(timeout = LIMIT)]
fn recursion(levels: u32) -> Result<u32, Tripped> {
    if levels == 0 {
        return Ok(helper(LIMIT * 100));
    }
    recursion(levels - 1)
}

#[loop_guard(timeout = LIMIT, on_trip = "error")]
fn recursion_with_a_word(levels: u32) -> Result<u32, Tripped> {
    if levels == 0 {
        return Ok(helper(LIMIT * 100));
    }
    recursion_with_a_word(levels - 1)
}

struct Slow;

impl std::ops::Add for Slow {
    type Output = u32;

    #[allow(clippy::suspicious_arithmetic_impl, reason = "it only takes its time")]
    fn add(self, _: Self) -> u32 {
        helper(LIMIT * 100)
    }
}

#[loop_guard(timeout = LIMIT)]
fn operator() -> Result<u32, Tripped> {
    Ok(Slow + Slow)
}

#[loop_guard(timeout = LIMIT)]
fn operator_that_is_called() -> Result<u32, Tripped> {
    Ok(std::ops::Add::add(Slow, Slow))
}

fn passes_through() -> u32 {
    helper(LIMIT * 100)
}

#[loop_guard(timeout = "1h")]
fn inner_owner() -> Result<u32, Tripped> {
    Ok(passes_through())
}

#[test]
fn the_owner_of_a_budget_is_the_boundary_of_its_helpers() {
    for slow_helper in [false, true] {
        assert_eq!(owner(slow_helper).unwrap_err().0, "owner");
    }
    for (slow_helper, wait) in [(false, false), (false, true), (true, false), (true, true)] {
        let outcome = block_on(future(slow_helper, wait));
        assert_eq!(outcome.unwrap_err().0, "owner");
    }
    assert_eq!(block_on(with_a_fallback()), 7);
    assert!(by_a_word().is_err());
    assert!(under_an_alias().is_err());
    assert_eq!(function_with_a_fallback(), 7);
    assert_eq!(fallback_of_an_argument("abc", 100), 3);
    assert_eq!(called_by_c(100), 7);
    for wait in [false, true] {
        assert_eq!(block_on(awaits(wait)).unwrap_err().scope(), "owner");
    }
    assert_eq!(block_on(awaits_with_a_fallback()), 7);
    // An inner owner passes on the trip of an outer one.
    let outer = Budget::timeout(LIMIT).named("outer").run(inner_owner);
    assert_eq!(outer.unwrap().unwrap_err().scope(), "outer");
}

#[test]
fn it_changes_nothing_else() {
    let (mut values, cleaned) = (vec!["a".to_owned()], Cell::new(0));
    *finds(&mut values, "b", &cleaned).unwrap() = "c".to_owned();
    assert_eq!((values.join(""), cleaned.get()), ("ac".to_owned(), 1));
}

/// The limits, and how to avoid them.
#[test]
fn some_are_a_boundary_by_a_word_only() {
    let panics = |call: fn() -> Result<u32, Tripped>| {
        let caught = std::panic::catch_unwind(call).expect_err("a trip that unwinds");
        let report = caught.downcast_ref::<String>().expect("a report");
        assert!(report.contains("ran out of time"), "{report}");
    };
    // A single level: on a slow machine, the entry of a second one could notice that the time is over.
    panics(|| recursion(0));
    panics(operator);
    assert!(recursion_with_a_word(3).is_err());
    assert!(operator_that_is_called().is_err());
}
