//! Cleanups of guarded futures: called once on every way out, and told why.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use guard_runtime::{Tripped, defer, loop_guard, testing};
use harness::Paused;
use harness::exits::{Failure, Local, Way, note, tell, told};

use super::by_hand::{ByHand, SECOND, pause};

const WAYS: [(Way, &str); 7] = [
    (Way::End, "returned"),
    (Way::Question, "returned"),
    (Way::Timeout, "tripped"),
    (Way::Closure, "tripped"),
    (Way::Late, "tripped"),
    (Way::Panic, "panicked"),
    (Way::Dropped, "dropped"),
];

macro_rules! forms {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        async fn $name(way: Way) -> Result<u32, Failure> {
            defer!(|exit| tell("a", exit));
            let _local = Local("local: gone");
            pause().await;
            defer!(|exit| tell("b", exit));
            match way {
                Way::End => {}
                Way::Question => Err(Failure::Own)?,
                Way::Timeout => {
                    testing::advance(20 * SECOND);
                    loop {}
                }
                Way::Closure => (0..2).for_each(|_| {
                    testing::advance(20 * SECOND);
                    loop {}
                }),
                Way::Late | Way::Dropped => std::future::pending().await,
                Way::Panic => panic!("first"),
                other => unreachable!("{other:?}"),
            }
            Ok(2)
        }
    )*};
}

forms! {
    #[loop_guard(timeout = "10s", cleanup = |exit| tell("cleanup", exit))] attribute;
    #[loop_guard(timeout = "10s", iterations = 1000, cleanup = |exit| tell("cleanup", exit))] counted;
    #[loop_guard(timeout = "10s")] deferred;
}

/// Leaves the future that way, while others of this thread trip. Returns what was told.
pub(super) fn run<F: Future<Output = Result<u32, Failure>>>(way: Way, future: F) -> Vec<String> {
    let _paused = Paused::new();
    told();
    let mut future = ByHand::new(future);
    future.pend();
    // Another future of this thread trips meanwhile.
    trip_meanwhile();
    match way {
        Way::Late => {
            future.pend();
            testing::advance(20 * SECOND);
            assert!(matches!(future.finish(), Err(Failure::Tripped)));
        }
        Way::Dropped => {
            future.pend();
            trip_meanwhile();
            drop(future);
        }
        Way::Panic => {
            assert!(catch_unwind(AssertUnwindSafe(|| future.finish())).is_err());
        }
        _ => match (way, future.finish()) {
            (Way::End, Ok(2))
            | (Way::Question, Err(Failure::Own))
            | (Way::Timeout | Way::Closure, Err(Failure::Tripped)) => {}
            (way, other) => panic!("{way:?}: {other:?}"),
        },
    }
    told()
}

#[loop_guard(iterations = 3)]
async fn counts_to_three() -> Result<(), Failure> {
    pause().await;
    loop {}
}

fn trip_meanwhile() {
    let mut other = ByHand::new(counts_to_three());
    other.pend();
    assert!(matches!(other.finish(), Err(Failure::Tripped)));
}

#[test]
fn each_is_called_once_in_order_and_told_why() {
    for (way, why) in WAYS {
        let line = |who: &str| format!("{who}: {why}");
        let inside = [line("b"), "local: gone".to_owned(), line("a")];
        let mut all = inside.to_vec();
        all.push(line("cleanup"));
        assert_eq!(run(way, attribute(way)), all, "{way:?}");
        assert_eq!(run(way, counted(way)), all, "{way:?}");
        assert_eq!(run(way, deferred(way)), inside, "{way:?}");
    }
}

#[test]
fn what_was_never_polled_has_nothing_to_clean_up() {
    told();
    drop(attribute(Way::End));
    assert!(told().is_empty());
}

#[loop_guard(timeout = "10s", cleanup = move |exit| tell(&name, exit), fallback = { note("fallback: taken"); text.len() })]
async fn moves(name: String, text: &str) -> usize {
    let _local = Local("local: gone");
    testing::advance(20 * SECOND);
    for c in text.chars() {
        note(format_args!("body: {c}"));
    }
    0
}

#[test]
fn it_keeps_what_is_moved_in_and_runs_before_the_fallback() {
    let _paused = Paused::new();
    told();
    assert_eq!(ByHand::new(moves("mine".to_owned(), "abc")).finish(), 3);
    assert_eq!(told(), ["local: gone", "mine: tripped", "fallback: taken"]);
}

#[loop_guard(inherit, cleanup = |exit| tell("inner", exit))]
async fn inherits() {
    std::future::pending::<()>().await;
}

#[loop_guard(timeout = "1s", cleanup = |exit| tell("outer", exit), cleanup_timeout = "1m")]
async fn around() -> Result<(), Tripped> {
    inherits().await;
    Ok(())
}

#[test]
fn one_inside_is_dropped_when_the_one_around_is_late() {
    let _paused = Paused::new();
    told();
    let mut future = ByHand::new(around());
    future.pend();
    testing::advance(Duration::from_secs(2));
    assert!(future.finish().is_err());
    assert_eq!(told(), ["inner: dropped", "outer: tripped"]);
}

#[loop_guard(timeout = "1s", cleanup = |exit| tell("cleanup", exit))]
async fn steps(n: u32, done: &std::cell::Cell<u32>) -> Result<(), Tripped> {
    for _ in 0..n {
        done.set(done.get() + 1);
        pause().await;
        defer! { done.set(done.get() - 1); }
    }
    Ok(())
}

#[test]
fn every_trip_cuts_futures_too() {
    told();
    let trips = testing::every_trip(|| {
        let done = std::cell::Cell::new(0);
        let mut future = ByHand::new(steps(2, &done));
        let outcome = loop {
            if let std::task::Poll::Ready(outcome) = future.poll() {
                break outcome;
            }
        };
        assert!(done.get() <= 1);
        if outcome.is_ok() {
            assert_eq!(done.get(), 0);
        }
    });
    // One trip at the entry, one at each step, and one at each wait.
    assert_eq!(trips, 5);
    let mut wanted = vec!["cleanup: tripped".to_owned(); 5];
    wanted.push("cleanup: returned".to_owned());
    assert_eq!(told(), wanted);
}
