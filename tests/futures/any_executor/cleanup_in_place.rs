//! Cleanups, and budgets that a frame does not store, of futures whose bodies stay in place: these call nothing but what
//! they await.

use std::cell::Cell;
use std::future::{Ready, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::thread;

use guard_runtime::{CancelToken, Exit, Tripped, loop_guard, testing};
use harness::Paused;
use harness::exits::{Failure, Local, Way, note, tell, told};

use super::by_hand::{ByHand, SECOND, pass, pause};
use super::cleanup::run;

/// Returns late.
fn late() -> Ready<()> {
    testing::advance(20 * SECOND);
    ready(())
}

macro_rules! forms {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        async fn $name(way: Way) -> Result<u32, Failure> {
            let _local = Local("local: gone");
            pause().await;
            match way {
                Way::End => {}
                Way::Question => Err(Failure::Own)?,
                Way::Timeout => {
                    late().await;
                    loop {}
                }
                Way::Late | Way::Dropped => pending().await,
                Way::Panic => panic!("first"),
                other => unreachable!("{other:?}"),
            }
            Ok(2)
        }
    )*};
}

forms! {
    #[loop_guard(timeout = "10s", cleanup = |exit| tell("cleanup", exit))] timed;
    #[loop_guard(timeout = "10s", iterations = 1000, cleanup = move |exit| tell("cleanup", exit))] counted;
    #[loop_guard(timeout = "10s", root, cleanup = |exit| tell("cleanup", exit))] root;
    #[loop_guard(timeout = "10s", fallback = |_| Err(Failure::Tripped), cleanup = |exit| tell("cleanup", exit))] falling_back;
    #[loop_guard(timeout = "10s", depth = 1000, cleanup = |exit| tell("cleanup", exit))] bounded;
    #[loop_guard(timeout = "10s", cancel = CancelToken::new(), root, cleanup = |exit| tell("cleanup", exit))] cancellable;
}

#[test]
fn each_is_called_once_after_the_body_and_told_why() {
    for (way, why) in [
        (Way::End, "returned"),
        (Way::Question, "returned"),
        (Way::Timeout, "tripped"),
        (Way::Late, "tripped"),
        (Way::Panic, "panicked"),
        (Way::Dropped, "dropped"),
    ] {
        let all = ["local: gone".to_owned(), format!("cleanup: {why}")];
        assert_eq!(run(way, timed(way)), all, "{way:?}");
        assert_eq!(run(way, counted(way)), all, "{way:?}");
        assert_eq!(run(way, root(way)), all, "{way:?}");
        assert_eq!(run(way, falling_back(way)), all, "{way:?}");
        assert_eq!(run(way, bounded(way)), all, "{way:?}");
        assert_eq!(run(way, cancellable(way)), all, "{way:?}");
    }
}

#[test]
fn what_was_never_polled_has_nothing_to_clean_up() {
    told();
    drop(timed(Way::End));
    assert!(told().is_empty());
}

#[loop_guard(timeout = "10s", cleanup = |exit| tell("cleanup", exit))]
async fn has_no_place_for_an_error() -> u32 {
    pending().await
}

#[test]
fn a_trip_that_becomes_a_panic_is_told() {
    let _paused = Paused::new();
    told();
    let mut future = ByHand::new(has_no_place_for_an_error());
    future.pend();
    testing::advance(20 * SECOND);
    assert!(catch_unwind(AssertUnwindSafe(|| future.poll())).is_err());
    assert_eq!(told(), ["cleanup: tripped"]);
}

#[loop_guard(timeout = "10s", cleanup = |exit| tell(&name, exit))]
async fn shares(name: String) -> Result<usize, Tripped> {
    pause().await;
    Ok(name.len())
}

#[test]
fn it_shares_an_argument_with_the_body() {
    told();
    let mut future = ByHand::new(shares("mine".to_owned()));
    future.pend();
    assert_eq!(future.finish().unwrap(), 4);
    assert_eq!(told(), ["mine: returned"]);
}

#[loop_guard(timeout = "10s", cleanup = |_| note(left))]
async fn counts_down(mut left: u32) -> Result<u32, Tripped> {
    while left > 1 {
        left -= 1;
        pause().await;
    }
    Ok(left)
}

#[test]
fn it_has_the_value_of_an_argument_at_the_entry() {
    told();
    let mut future = ByHand::new(counts_down(2));
    future.pend();
    assert_eq!(future.finish().unwrap(), 1);
    assert_eq!(told(), ["2"]);
}

#[loop_guard(timeout = "1s", cleanup = |exit| tell("cleanup", exit))]
async fn waits(n: u32) -> Result<(), Tripped> {
    for _ in 0..n {
        pause().await;
    }
    Ok(())
}

#[test]
fn it_runs_at_every_trip() {
    told();
    let trips = testing::every_trip(|| {
        let mut future = ByHand::new(waits(2));
        while future.poll().is_pending() {}
    });
    // One trip at the entry, one at each iteration, and one at each wait.
    assert_eq!(trips, 5);
    let mut wanted = vec!["cleanup: tripped".to_owned(); 5];
    wanted.push("cleanup: returned".to_owned());
    assert_eq!(told(), wanted);
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

fn count(_: &Exit<'_>) {
    DEPTH.set(DEPTH.get() + 1);
}

#[loop_guard(depth = 2, cleanup = count)]
async fn descends(levels: u32) -> Result<u32, Tripped> {
    pause().await;
    if levels == 0 {
        return Ok(1);
    }
    Ok(1 + Box::pin(descends(levels - 1)).await?)
}

#[test]
fn a_depth_counts_what_is_open_and_not_what_waits() {
    let mut all: Vec<_> = (0..4).map(|_| ByHand::new(descends(1))).collect();
    for _ in 0..2 {
        all.iter_mut().for_each(ByHand::pend);
    }
    // The rest on another thread.
    let all = thread::scope(|scope| {
        let rest = scope.spawn(|| {
            all.iter_mut()
                .all(|future| matches!(future.poll(), Poll::Ready(Ok(2))))
        });
        rest.join().unwrap()
    });
    assert!(all);
    let mut deep = ByHand::new(descends(2));
    deep.pend();
    deep.pend();
    assert!(deep.finish().is_err());
    assert_eq!(DEPTH.get(), 2 + 1);
}

#[loop_guard(cancel = token.clone(), cleanup = |exit| tell("cleanup", exit))]
async fn until_cancelled(token: &CancelToken) -> Result<(), Tripped> {
    loop {
        pass().await;
        pending::<()>().await;
    }
}

#[test]
fn a_token_wakes_what_waits_and_ends_it() {
    told();
    let token = CancelToken::new();
    let mut future = ByHand::new(until_cancelled(&token));
    future.pend();
    future.pend();
    let before = future.bell.rung();
    token.cancel("enough");
    assert!(future.bell.rung() > before);
    assert!(future.finish().is_err());
    assert_eq!(told(), ["cleanup: tripped"]);
    // One that is cancelled already is not begun.
    assert!(ByHand::new(until_cancelled(&token)).finish().is_err());
    assert_eq!(told(), ["cleanup: tripped"]);
}

#[test]
fn a_token_that_is_cancelled_during_a_poll_ends_that_poll() {
    told();
    let token = CancelToken::new();
    let mut future = ByHand::new(cancels_itself(&token));
    assert!(future.finish().is_err());
    assert_eq!(told(), ["cleanup: tripped"]);
}

#[loop_guard(cancel = token.clone(), cleanup = |exit| tell("cleanup", exit))]
async fn cancels_itself(token: &CancelToken) -> Result<(), Tripped> {
    cancel(token).await;
    pending().await
}

fn cancel(token: &CancelToken) -> Ready<()> {
    token.cancel("enough");
    ready(())
}
