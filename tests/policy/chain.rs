//! Fallbacks: which step answers, and that there is time for it.

use std::sync::{Mutex, PoisonError};

use guard_runtime::policy::{Breaker, chain};
use guard_runtime::{Budget, Event, Tripped, loop_guard, remaining, testing};

use crate::{millis, paused};

#[derive(Debug, PartialEq)]
enum Fault {
    Tripped,
    Down(u32),
}

impl From<Tripped> for Fault {
    fn from(_: Tripped) -> Self {
        Self::Tripped
    }
}

#[loop_guard(inherit)]
fn hang() -> Result<u32, Fault> {
    loop {
        testing::advance(millis(1));
    }
}

#[test]
fn the_first_step_that_has_an_answer() {
    #[loop_guard(
        timeout = "100ms",
        fallback = chain()
            .then("20ms", |_| hang())
            .then(millis(20), |_| if down { Err(Fault::Down(2)) } else { Ok(2) })
            .last(|tripped| if tripped.scope().ends_with("call") { Ok(3) } else { Err(Fault::Tripped) })
    )]
    fn call(down: bool) -> Result<u32, Fault> {
        loop {
            testing::advance(millis(1));
        }
    }

    paused(|| {
        assert_eq!(call(false), Ok(2));
        assert_eq!(call(true), Ok(3));
    });
}

#[test]
fn steps_without_time_are_left_out() {
    #[loop_guard(
        timeout = "1s",
        reserve = "100ms",
        fallback = chain().then("250ms", |_| Some(1)).then("100ms", |_| Some(2)).last(|_| 3)
    )]
    fn call() -> u32 {
        loop {
            testing::advance(millis(1));
        }
    }

    paused(|| {
        assert_eq!(call(), 1, "there is no budget around");
        let left = Budget::timeout(millis(500)).run(|| {
            assert_eq!(
                call(),
                2,
                "cut at 400 ms, so that a tenth of a second is left"
            );
            remaining().unwrap()
        });
        let left = left.unwrap();
        assert!(left <= millis(100) && left >= millis(98), "{left:?}");
        let answer = Budget::timeout(millis(50)).run(call);
        assert_eq!(answer.unwrap(), 3, "there is not even the reserve");
    });
}

#[test]
fn a_step_that_trips_or_unwinds_has_no_answer() {
    #[loop_guard(inherit)]
    fn spin() -> Option<u32> {
        loop {
            testing::advance(millis(1));
        }
    }

    paused(|| {
        let fallback = chain()
            .then("5ms", |_| spin())
            .then("5ms", |_| None)
            .last(|_| 7_u32);
        let tripped = Budget::timeout(millis(1))
            .run(|| spin().unwrap())
            .unwrap_err();
        assert_eq!(fallback(tripped), 7);
    });
}

#[test]
#[should_panic(expected = "is not a duration")]
fn a_text_that_is_no_duration() {
    _ = chain().then("soon", |_| Some(1));
}

#[test]
fn the_hook_is_told_which_step_answered() {
    static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static OPEN: Breaker = Breaker::new().named("refuses-for-the-chain");

    #[loop_guard(timeout = "1s", breaker = OPEN, fallback = chain().then("1ms", |_| None).then("1ms", |_| Some(5)).last(|_| 0))]
    fn call() -> u32 {
        1
    }

    OPEN.force_open();
    harness::events::listen(|event| {
        if let Event::Answered { step, .. } = event {
            let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
            told.push(format!("{step}: {event}"));
        }
    });
    assert_eq!(call(), 5);
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let ours = told
        .iter()
        .find(|told| told.contains("refuses-for-the-chain"));
    let ours = ours.expect("it was told");
    assert!(ours.starts_with("2: "), "{ours}");
    assert!(
        ours.contains("answered by step 2 of the fallback at tests/policy/chain.rs"),
        "{ours}"
    );
}
