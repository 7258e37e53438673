//! Whether a trip is an `Err` or a panic depends on who sees that a helper is called. The documentation names the calls
//! that the owner of a budget does not see ("One outcome"). Each of them is shown here, with the way around it.

use std::fmt;
use std::future::{Future, Ready, ready};
use std::ops::{Deref, Index};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::{Tripped, loop_guard, testing};
use harness::Paused;

use crate::block_on;

const LIMIT: Duration = Duration::from_secs(1);

/// Has no place for an error, and comes to its check too late.
#[loop_guard(inherit)]
fn helper() -> u32 {
    testing::advance(LIMIT * 2);
    let mut turns = 0;
    while turns < 3 {
        turns += 1;
    }
    turns
}

/// The trip unwinds out of the owner, with the report of its budget.
#[track_caller]
fn unwinds<T>(owner: impl FnOnce() -> T) {
    let payload = catch_unwind(AssertUnwindSafe(owner)).err();
    let payload = payload.expect("a trip that unwinds");
    let report = payload.downcast_ref::<String>().expect("a report");
    assert!(report.contains("ran out of time"), "{report}");
}

#[track_caller]
fn is_an_error<T>(outcome: Result<T, Tripped>) {
    assert_eq!(outcome.err().expect("a trip").scope(), "owner");
}

#[track_caller]
#[loop_guard(timeout = LIMIT)]
fn tells_its_caller() -> Result<u32, Tripped> {
    Ok(helper())
}

#[track_caller]
#[loop_guard(timeout = LIMIT)]
fn tells_its_caller_of_closures() -> Result<u32, Tripped> {
    let count = || {
        testing::advance(LIMIT * 2);
        for _ in 0..3 {}
    };
    count();
    Ok(0)
}

/// The way around: the part that calls helpers does not ask for its caller.
#[track_caller]
fn tells_its_caller_from_outside() -> Result<u32, Tripped> {
    #[loop_guard(timeout = LIMIT, name = "owner")]
    fn inner() -> Result<u32, Tripped> {
        Ok(helper())
    }
    let _ = std::panic::Location::caller();
    inner()
}

#[test]
fn a_function_that_is_track_caller() {
    let _paused = Paused::new();
    unwinds(tells_its_caller);
    unwinds(tells_its_caller_of_closures);
    is_an_error(tells_its_caller_from_outside());
}

/// Whatever is asked of it calls the helper.
struct Slow;

impl Deref for Slow {
    type Target = u32;

    fn deref(&self) -> &u32 {
        helper();
        &7
    }
}

impl Index<usize> for Slow {
    type Output = u32;

    fn index(&self, _: usize) -> &u32 {
        helper();
        &7
    }
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", helper())
    }
}

impl Iterator for Slow {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        Some(helper())
    }
}

macro_rules! owners {
    ($($name:ident ($slow:ident) $body:block $called:block)*) => {
        $(#[allow(clippy::all, clippy::pedantic, reason = "calls by name, as the documentation advises")]
        mod $name {
            use super::*;

            #[loop_guard(timeout = LIMIT)]
            #[allow(unused_mut, reason = "one of them changes it")]
            pub(super) fn hidden(mut $slow: Slow) -> Result<u32, Tripped> $body

            #[loop_guard(timeout = LIMIT, name = "owner")]
            #[allow(unused_mut, reason = "one of them changes it")]
            pub(super) fn called(mut $slow: Slow) -> Result<u32, Tripped> $called
        })*

        #[test]
        fn code_that_runs_without_a_call() {
            let _paused = Paused::new();
            $(
                unwinds(|| $name::hidden(Slow));
                is_an_error($name::called(Slow));
            )*
        }
    };
}

owners! {
    dereferenced (slow) { Ok(*slow + 1) } { Ok(*slow.deref() + 1) }
    indexed (slow) { Ok(slow[0]) } { Ok(*slow.index(0)) }
    displayed (slow) {
        let text = format!("{slow}");
        Ok(if text == "3" { 3 } else { 0 })
    } {
        let text = slow.to_string();
        Ok(if text == "3" { 3 } else { 0 })
    }
    the_next_of_a_for (slow) {
        for item in slow {
            return Ok(item);
        }
        Ok(0)
    } {
        while let Some(item) = slow.next() {
            return Ok(item);
        }
        Ok(0)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "that is the case")]
#[loop_guard(timeout = LIMIT, fallback = text.len())]
fn falls_back_on_what_it_takes(text: String) -> usize {
    text.len() + helper() as usize
}

#[loop_guard(timeout = LIMIT, fallback = text.len())]
fn falls_back_on_what_it_borrows(text: &str) -> usize {
    text.len() + helper() as usize
}

#[test]
fn a_fallback_that_uses_an_argument_which_the_body_may_have_taken() {
    let _paused = Paused::new();
    unwinds(|| falls_back_on_what_it_takes("abc".to_owned()));
    assert_eq!(falls_back_on_what_it_borrows("abc"), 3);
}

fn constructor() -> Ready<u32> {
    ready(helper())
}

#[loop_guard(timeout = LIMIT)]
async fn awaits_at_once() -> Result<u32, Tripped> {
    Ok(constructor().await)
}

#[loop_guard(timeout = LIMIT, name = "owner")]
async fn awaits_later() -> Result<u32, Tripped> {
    let future = constructor();
    Ok(future.await)
}

#[test]
fn the_constructor_of_a_future_that_is_awaited_at_once() {
    let _paused = Paused::new();
    unwinds(|| block_on(awaits_at_once()));
    is_an_error(block_on(awaits_later()));
}

/// Anybody's code, which adds to errors.
fn with_context<T, E: fmt::Display>(f: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    f().map_err(|error| format!("reading: {error}"))
}

struct Told(String);

impl From<Tripped> for Told {
    fn from(tripped: Tripped) -> Self {
        Self(tripped.scope().to_owned())
    }
}

impl From<String> for Told {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[allow(clippy::unnecessary_wraps, reason = "code that may fail")]
fn late_turns() -> Result<u32, &'static str> {
    testing::advance(LIMIT * 2);
    Ok(3)
}

#[loop_guard(timeout = LIMIT, name = "owner")]
fn reads_in_a_closure() -> Result<u32, Told> {
    Ok(with_context(|| {
        let mut sum = 0;
        for turn in 0..late_turns()? {
            sum += turn;
        }
        Ok::<_, &str>(sum)
    })?)
}

/// The same, of a future.
async fn await_with_context<T, E: fmt::Display>(
    of: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    of.await.map_err(|error| format!("reading: {error}"))
}

#[loop_guard(timeout = LIMIT, name = "owner")]
async fn reads_in_a_block() -> Result<u32, Told> {
    let block = async {
        let mut sum = 0;
        for turn in 0..late_turns()? {
            sum += turn;
        }
        Ok::<_, &str>(sum)
    };
    Ok(await_with_context(block).await?)
}

#[loop_guard(timeout = LIMIT, name = "owner")]
fn reads_in_a_function() -> Result<u32, Told> {
    #[loop_guard(inherit)]
    fn read() -> Result<u32, Tripped> {
        testing::advance(LIMIT * 2);
        let mut sum = 0;
        for turn in 0..3 {
            sum += turn;
        }
        Ok(sum)
    }
    Ok(with_context(read)?)
}

#[test]
fn what_adds_to_the_errors_of_a_closure_or_a_block_does_not_see_its_trip() {
    let _paused = Paused::new();
    assert_eq!(reads_in_a_closure().err().unwrap().0, "owner");
    assert_eq!(block_on(reads_in_a_block()).err().unwrap().0, "owner");
    let told = reads_in_a_function().err().unwrap().0;
    assert!(told.starts_with("reading: "), "{told}");
}
