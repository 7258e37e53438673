//! Two hops with one deadline: whose error is told. The documentation of `Budget::until` says so.

use std::time::{Duration, Instant};

use guard_runtime::{Budget, Tripped, deadline, loop_guard, testing};

const SECOND: Duration = Duration::from_secs(1);

/// Works until it is stopped, and says what it was about.
fn second_hop(end: Instant) -> Result<(), String> {
    #[loop_guard(deadline = end, name = "second hop")]
    fn work(end: Instant) -> Result<(), Tripped> {
        loop {
            testing::advance(SECOND / 100);
        }
    }
    work(end).map_err(|tripped| format!("page 7: {}", tripped.scope()))
}

/// Makes an answer of what the second hop says.
#[loop_guard(deadline = end, name = "first hop")]
fn first_hop(end: Instant, theirs: Instant) -> Result<String, Tripped> {
    let answer = second_hop(theirs).unwrap_err();
    let mut sent = String::new();
    for letter in answer.chars() {
        sent.push(letter);
    }
    Ok(sent)
}

#[test]
fn with_the_same_deadline_the_better_error_is_lost() {
    let _paused = testing::pause();
    let end = Budget::timeout(SECOND).run(deadline).unwrap().unwrap();
    let tripped = first_hop(end, end).unwrap_err();
    assert_eq!(tripped.scope(), "first hop");
}

#[test]
fn with_a_margin_it_is_told() {
    let _paused = testing::pause();
    let end = Budget::timeout(SECOND).run(deadline).unwrap().unwrap();
    let answer = first_hop(end, end.checked_sub(SECOND / 20).unwrap());
    assert_eq!(answer.unwrap(), "page 7: second hop");
}

#[test]
fn what_remains_is_the_same_moment_elsewhere() {
    let _paused = testing::pause();
    let outcome = Budget::timeout(SECOND).run(|| {
        testing::advance(SECOND / 2);
        let rest = Budget::rest().named("rest");
        testing::advance(SECOND / 4);
        let end = deadline();
        (end, rest.run(deadline), rest.root().run(deadline))
    });
    let (end, nested, alone) = outcome.unwrap();
    assert!(end.is_some());
    assert_eq!((nested.unwrap(), alone.unwrap()), (end, end));
    assert_eq!(Budget::rest().run(deadline).unwrap(), None);
}
