//! Futures with `strict`: whatever leaves a body that stays in place is a trip after the deadline.

use std::future::{Ready, pending, ready};
use std::ops::ControlFlow;
use std::task::Poll;

use guard_runtime::{Budget, Tripped, loop_guard, testing};
use harness::Paused;
use harness::exits::{Local, told};

use super::by_hand::{ByHand, SECOND, pause};

#[derive(Debug, PartialEq)]
enum Failure {
    Own,
    Tripped,
}

impl From<Tripped> for Failure {
    fn from(_: Tripped) -> Self {
        Self::Tripped
    }
}

/// How the body is left.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    End,
    Return,
    InLoop,
    Question,
}

/// Ready at once; its call is not one of a helper, since it is awaited.
fn advance(seconds: u32) -> Ready<()> {
    testing::advance(SECOND * seconds);
    ready(())
}

fn own(fails: bool) -> Ready<Result<u32, Failure>> {
    ready(if fails { Err(Failure::Own) } else { Ok(3) })
}

macro_rules! forms {
    ($($(#[$guard:meta])* $name:ident;)*) => {
        $($(#[$guard])*
        async fn $name(way: Way, seconds: u32) -> Result<u32, Failure> {
            let _local = Local("gone");
            pause().await;
            advance(seconds).await;
            if way == Way::Return {
                return Ok(1);
            }
            for n in [2, 9] {
                if way == Way::InLoop {
                    return Ok(n);
                }
            }
            let three = own(way == Way::Question).await?;
            Ok(three)
        })*

        #[test]
        fn a_result_after_the_deadline_is_a_trip_however_it_leaves() {
            let _paused = Paused::new();
            $(for (way, in_time) in [
                (Way::End, Ok(3)),
                (Way::Return, Ok(1)),
                (Way::InLoop, Ok(2)),
                (Way::Question, Err(Failure::Own)),
            ] {
                for (seconds, outcome) in [(0, in_time), (2, Err(Failure::Tripped))] {
                    told();
                    let mut future = ByHand::new($name(way, seconds));
                    future.pend();
                    assert_eq!(future.finish(), outcome, "{} {way:?}", stringify!($name));
                    assert_eq!(told(), ["gone"]);
                }
            })*
        }
    };
}

forms! {
    #[loop_guard(timeout = "1s", strict)] timed;
    #[loop_guard(timeout = "1s", strict, root, iterations = 100)] counted;
    #[loop_guard(timeout = "1s", strict, depth = 100)] bounded;
    #[loop_guard(timeout = "1s", strict, fallback = Err(Failure::Tripped))] falling_back;
    #[loop_guard(timeout = "1s", strict, on_trip = "error", cleanup = |_| ())] cleaned;
    #[loop_guard(budget = Budget::timeout(SECOND).strict())] by_budget;
    #[loop_guard(budget = Budget::timeout(SECOND).root(), strict, cleanup = |_| ())] by_budget_and_word;
}

#[loop_guard(timeout = "1s", strict, fallback = None)]
async fn option(given: Option<u32>, seconds: u32) -> Option<&'static dyn std::fmt::Display> {
    advance(seconds).await;
    let given = given?;
    if given == 0 {
        return Some(&"none");
    }
    Some(&7)
}

#[loop_guard(timeout = "1s", strict, fallback = ControlFlow::Break(2))]
async fn flow(given: ControlFlow<u32>, seconds: u32) -> ControlFlow<u32> {
    advance(seconds).await;
    given?;
    ControlFlow::Continue(())
}

#[loop_guard(timeout = "1s", strict, fallback = Poll::Ready(Err(Failure::Tripped)))]
async fn polled(given: Poll<Result<u32, Failure>>, seconds: u32) -> Poll<Result<u32, Failure>> {
    advance(seconds).await;
    given?.map(Ok)
}

#[loop_guard(budget = budget)]
async fn as_the_budget_says(budget: &Budget, way: Way) -> Result<u32, Failure> {
    advance(2).await;
    if way == Way::Return {
        return Ok(1);
    }
    own(way == Way::Question).await
}

#[test]
fn a_late_result_is_one_unless_the_budget_is_strict() {
    let _paused = Paused::new();
    let budget = Budget::timeout(SECOND);
    for (way, value) in [
        (Way::End, Ok(3)),
        (Way::Return, Ok(1)),
        (Way::Question, Err(Failure::Own)),
    ] {
        let late = ByHand::new(as_the_budget_says(&budget, way)).finish();
        assert_eq!(late, value, "{way:?}");
        let strict = budget.clone().strict();
        let tripped = ByHand::new(as_the_budget_says(&strict, way)).finish();
        assert_eq!(tripped, Err(Failure::Tripped), "{way:?}");
    }
}

struct Given {
    number: u32,
}

impl Given {
    fn checked(self) -> Option<u32> {
        (self.number > 0).then_some(self.number)
    }
}

#[loop_guard(timeout = "1s", strict, fallback = Some(9))]
async fn of_a_literal(number: u32, seconds: u32) -> Option<u32> {
    advance(seconds).await;
    let given = Given { number }.checked()?;
    Some(given)
}

#[loop_guard(timeout = "1s", strict, fallback = Poll::Ready(9))]
async fn by_a_macro(given: Poll<u32>, seconds: u32) -> Poll<u32> {
    advance(seconds).await;
    let given = std::task::ready!(given);
    Poll::Ready(given)
}

#[test]
fn a_macro_that_returns_is_asked() {
    let _paused = Paused::new();
    for given in [Poll::Pending, Poll::Ready(1)] {
        assert_eq!(ByHand::new(by_a_macro(given, 0)).finish(), given);
        assert_eq!(ByHand::new(by_a_macro(given, 2)).finish(), Poll::Ready(9));
    }
}

#[test]
fn whatever_a_question_mark_takes_is_asked() {
    let _paused = Paused::new();
    let text = |shown: Option<&dyn std::fmt::Display>| shown.map(ToString::to_string);
    for given in [None, Some(0), Some(1)] {
        assert_eq!(text(ByHand::new(option(given, 2)).finish()), None);
    }
    let in_time =
        [None, Some(0), Some(1)].map(|given| text(ByHand::new(option(given, 0)).finish()));
    assert_eq!(in_time, [None, Some("none".into()), Some("7".into())]);
    for given in [ControlFlow::Break(1), ControlFlow::Continue(())] {
        assert_eq!(ByHand::new(flow(given, 0)).finish(), given);
        assert_eq!(ByHand::new(flow(given, 2)).finish(), ControlFlow::Break(2));
    }
    for (number, in_time) in [(0, None), (1, Some(1))] {
        assert_eq!(ByHand::new(of_a_literal(number, 0)).finish(), in_time);
        assert_eq!(ByHand::new(of_a_literal(number, 2)).finish(), Some(9));
    }
    let failed = || Poll::Ready(Err(Failure::Own));
    assert_eq!(ByHand::new(polled(failed(), 0)).finish(), failed());
    let late = Poll::Ready(Err(Failure::Tripped));
    assert_eq!(ByHand::new(polled(failed(), 2)).finish(), late);
}

/// Slow when it is dropped.
struct Slow;

impl Drop for Slow {
    fn drop(&mut self) {
        testing::advance(SECOND * 2);
    }
}

#[loop_guard(timeout = "1s", strict)]
async fn drops_slowly(early: bool) -> Result<u32, Failure> {
    let _slow = Slow;
    if early {
        return Ok(1);
    }
    Ok(2)
}

#[test]
fn what_the_locals_take_to_be_dropped_counts() {
    let _paused = Paused::new();
    for early in [true, false] {
        assert_eq!(
            ByHand::new(drops_slowly(early)).finish(),
            Err(Failure::Tripped)
        );
    }
}

#[loop_guard(timeout = "1s", strict)]
async fn waits() -> Result<u32, Failure> {
    pending().await
}

#[test]
fn one_that_waits_is_woken_and_left() {
    let _paused = Paused::new();
    let mut future = ByHand::new(waits());
    future.pend();
    testing::advance(SECOND * 2);
    assert_eq!(future.finish(), Err(Failure::Tripped));
}
