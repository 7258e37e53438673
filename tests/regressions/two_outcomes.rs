//! Whether a helper without a `Result` noticed that the time was over, or its caller, decided whether the same call
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

/// The boundary lets everything else pass: borrows, early returns, `?`, values that borrow from the arguments.
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

/// The same of futures, wherever the helper is called.
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
    // An inner owner passes an outer one's trip through.
    let outer = Budget::timeout(LIMIT).named("outer").run(inner_owner);
    assert_eq!(outer.unwrap().unwrap_err().scope(), "outer");
}

#[test]
fn it_changes_nothing_else() {
    let (mut values, cleaned) = (vec!["a".to_owned()], Cell::new(0));
    *finds(&mut values, "b", &cleaned).unwrap() = "c".to_owned();
    assert_eq!((values.join(""), cleaned.get()), ("ac".to_owned(), 1));
}
