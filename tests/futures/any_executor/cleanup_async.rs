//! Cleanups that are futures: run once on every way out, told why, within their own time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use guard_runtime::{Budget, Event, Exit, Tripped, checkpoint, loop_guard, remaining, testing};
use harness::exits::{Failure, Local, Way, note, told, why};
use harness::{Paused, events};

use super::by_hand::{ByHand, SECOND, pass, pause};

/// Begins to listen: what is reported of cleanups on this thread is told as well.
fn listen() {
    events::then(Some(|event| match event {
        Event::CleanupOverrun { what, limit, .. } => {
            note(format_args!("overrun: {what} {limit:?}"));
        }
        Event::CleanupLost { .. } => note("lost"),
        Event::CleanupPanicked { message, .. } => note(format_args!("panicked: {message}")),
        _ => {}
    }));
    told();
}

const WAYS: [(Way, &str); 6] = [
    (Way::End, "returned"),
    (Way::Question, "returned"),
    (Way::Timeout, "tripped"),
    (Way::Closure, "tripped"),
    (Way::Late, "tripped"),
    (Way::Panic, "panicked"),
];

/// Awaits, and logs before and after.
async fn clean(exit: &Exit<'_>, pauses: u32) {
    note(format_args!("begun: {}", why(exit)));
    for _ in 0..pauses {
        pause().await;
    }
    note("done");
}

macro_rules! forms {
    ($pauses:ident: $($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        async fn $name(way: Way, $pauses: u32) -> Result<u32, Failure> {
            let _local = Local("local gone");
            pause().await;
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
                Way::Late => std::future::pending().await,
                Way::Panic => panic!("first"),
                other => unreachable!("{other:?}"),
            }
            Ok(2)
        }
    )*};
}

forms! {
    pauses:
    #[loop_guard(timeout = "10s", cleanup = async |exit| clean(exit, pauses).await)] timed;
    #[loop_guard(timeout = "10s", iterations = 1000, cleanup = async move |exit: &Exit<'_>| { clean(exit, pauses).await })] counted;
    #[loop_guard(inherit, cleanup = async |exit| -> () { clean(exit, pauses).await })] inherits;
}

#[loop_guard(timeout = "10s")]
async fn around(way: Way, pauses: u32) -> Result<u32, Failure> {
    inherits(way, pauses).await
}

/// Polls the future that way. Returns what was told.
fn run<F: Future<Output = Result<u32, Failure>>>(way: Way, pauses: u32, future: F) -> Vec<String> {
    let _paused = Paused::new();
    listen();
    let mut future = ByHand::new(future);
    future.pend();
    if way == Way::Late {
        future.pend();
        testing::advance(20 * SECOND);
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..pauses {
            future.pend();
        }
        future.finish()
    }));
    match (way, outcome) {
        (Way::End, Ok(Ok(2)))
        | (Way::Question, Ok(Err(Failure::Own)))
        | (Way::Timeout | Way::Closure | Way::Late, Ok(Err(Failure::Tripped))) => {}
        (Way::Panic, Err(payload)) => assert_eq!(payload.downcast_ref(), Some(&"first")),
        (way, other) => panic!("{way:?}: {:?}", other.map_err(|_| "a panic")),
    }
    told()
}

#[test]
fn it_is_awaited_once_behind_the_locals_and_told_why() {
    for pauses in [0, 1, 3] {
        for (way, why) in WAYS {
            let all = ["local gone", &format!("begun: {why}"), "done"];
            assert_eq!(run(way, pauses, timed(way, pauses)), all, "{way:?}");
            assert_eq!(run(way, pauses, counted(way, pauses)), all, "{way:?}");
        }
    }
}

#[test]
fn under_the_budget_of_a_caller() {
    for (way, why) in WAYS {
        let all = match way {
            // The future whose time is over drops it.
            Way::Late => ["local gone", "lost"].to_vec(),
            _ => ["local gone", &format!("begun: {why}"), "done"]
                .map(|it| &*it.to_owned().leak())
                .to_vec(),
        };
        assert_eq!(run(way, 0, around(way, 0)), all, "{way:?}");
    }
}

#[test]
fn without_a_runtime_it_is_lost_when_dropped_and_nobody_else_has_it() {
    listen();
    drop(timed(Way::End, 0));
    assert!(told().is_empty(), "never polled");

    let mut future = ByHand::new(timed(Way::End, 1));
    future.pend();
    drop(future);
    assert_eq!(told(), ["local gone", "lost"]);

    let mut future = ByHand::new(timed(Way::End, 1));
    future.pend();
    future.pend();
    drop(future);
    assert_eq!(told(), ["local gone", "begun: returned", "lost"]);

    let mut future = ByHand::new(timed(Way::End, 1));
    future.pend();
    future.pend();
    assert!(future.finish().is_ok());
    drop(future);
    assert_eq!(told(), ["local gone", "begun: returned", "done"]);
}

#[loop_guard(timeout = "1s", cleanup_timeout = "5s", cleanup = async |_| {
    let _local = Local("cleanup's local gone");
    note(format_args!("{:?}", remaining()));
    if waits {
        std::future::pending::<()>().await;
    }
    let mut n = 0;
    loop {
        n += 1;
        if n == 100 {
            testing::advance(6 * SECOND);
        }
        assert!(n < 1000, "its loop is cut");
    }
})]
async fn overruns(waits: bool) -> u32 {
    3
}

#[test]
fn it_has_its_own_budget_and_no_more() {
    let _paused = Paused::new();
    listen();
    let mut future = ByHand::new(overruns(true));
    future.pend();
    testing::advance(5 * SECOND);
    future.pend();
    testing::advance(Duration::from_millis(1));
    assert_eq!(future.bell.rung(), 1, "it is woken");
    assert_eq!(future.finish(), 3, "the value is kept");
    assert_eq!(
        told(),
        ["Some(5s)", "cleanup's local gone", "overrun: cleanup 5s"]
    );

    assert_eq!(ByHand::new(overruns(false)).finish(), 3);
    assert_eq!(
        told(),
        ["Some(5s)", "cleanup's local gone", "overrun: cleanup 5s"]
    );
}

#[loop_guard(timeout = "1s", cleanup = async |exit| {
    assert!(checkpoint().is_ok(), "shielded");
    assert_eq!(sum(&[1, 2]).expect("shielded"), 3);
    note(why(exit));
    for _ in 0..waits {
        pass().await;
        assert_eq!(sum(&[1, 2]).expect("shielded in the next poll"), 3);
        note("again");
    }
})]
async fn shielded(waits: u32) -> Result<(), Tripped> {
    pause().await;
    Ok(())
}

#[loop_guard(timeout = "500ms")]
fn sum(all: &[u32]) -> Result<u32, Tripped> {
    let mut sum = 0;
    for n in all {
        sum += n;
    }
    Ok(sum)
}

#[loop_guard(timeout = "100ms")]
async fn calls_shielded(waits: u32) -> Result<(), Tripped> {
    testing::advance(SECOND);
    let outcome = shielded(waits).await;
    checkpoint().expect_err("the budget around is spent all the same");
    outcome
}

#[test]
fn it_calls_guarded_functions_behind_a_wall() {
    let _paused = Paused::new();
    listen();
    let mut future = ByHand::new(shielded(1));
    future.pend();
    // Each poll is in a scope that is spent, and is no future's.
    let outcome = Budget::timeout(SECOND).run(|| {
        testing::advance(SECOND * 3 / 2);
        until_ready(&mut future).expect("its value is ready");
    });
    assert!(outcome.is_ok());
    assert_eq!(told(), ["returned", "again"]);

    let mut future = ByHand::new(calls_shielded(0));
    assert!(until_ready(&mut future).is_err());
    assert_eq!(told(), ["tripped"]);
    // While it waits, the future around is out of time, and drops it.
    let mut future = ByHand::new(calls_shielded(1));
    assert!(until_ready(&mut future).is_err());
    assert_eq!(told(), ["tripped", "lost"]);
}

fn until_ready<F: Future>(future: &mut ByHand<F>) -> F::Output {
    loop {
        if let std::task::Poll::Ready(value) = future.poll() {
            break value;
        }
    }
}

#[loop_guard(timeout = "1s", cleanup = async |_| {
    pass().await;
    panic!("second")
})]
async fn panics(first: bool) {
    let _local = Local("local gone");
    pause().await;
    assert!(!first, "first");
}

#[test]
fn a_panic_in_it_hides_no_other() {
    listen();
    for first in [false, true] {
        let mut future = ByHand::new(panics(first));
        future.pend();
        let outcome = catch_unwind(AssertUnwindSafe(|| until_ready(&mut future)));
        let message = outcome.unwrap_err();
        let message = message.downcast_ref::<&str>();
        if first {
            assert_eq!(message, Some(&"first"));
            assert_eq!(told(), ["local gone", "panicked: second"]);
        } else {
            assert_eq!(message, Some(&"second"));
            assert_eq!(told(), ["local gone"]);
        }
        drop(future);
        assert!(told().is_empty(), "once");
    }
}

#[loop_guard(timeout = "1s", cleanup = async |_| note(&name), fallback = { note("fallback"); text.len() })]
async fn moves(name: String, text: &str) -> usize {
    testing::advance(20 * SECOND);
    for c in text.chars() {
        note(c);
    }
    0
}

struct Pool {
    log: std::sync::Arc<str>,
}

impl Pool {
    #[loop_guard(timeout = "1s", cleanup = { let log = self.log.clone(); async move |_| note(&log) })]
    async fn work(&self) -> Result<usize, Tripped> {
        Ok(self.log.len())
    }

    #[loop_guard(timeout = "1s", cleanup = { let log = self.log.clone(); move |_| note(&log) })]
    fn works(&self) -> Result<usize, Tripped> {
        Ok(self.log.len())
    }
}

#[test]
fn it_keeps_what_is_moved_in() {
    let _paused = Paused::new();
    listen();
    assert_eq!(ByHand::new(moves("mine".to_owned(), "abc")).finish(), 3);
    assert_eq!(told(), ["mine", "fallback"]);
    let pool = Pool { log: "log".into() };
    assert!(matches!(ByHand::new(pool.work()).finish(), Ok(3)));
    assert!(matches!(pool.works(), Ok(3)));
    assert_eq!(told(), ["log", "log"]);
}

#[loop_guard(timeout = "1s", cleanup = async |exit| {
    note(why(exit));
    for _ in 0..2 {
        pass().await;
    }
})]
async fn steps(n: u32) -> Result<(), Tripped> {
    for _ in 0..n {
        pass().await;
    }
    Ok(())
}

#[test]
fn every_trip_cuts_it_too() {
    listen();
    let trips = testing::every_trip(|| {
        let outcome = until_ready(&mut ByHand::new(steps(1)));
        note(if outcome.is_ok() { "ok" } else { "error" });
    });
    // Body: the entry, the step, the wait; cleanup: two steps, two waits.
    assert_eq!(trips, 7);
    let mut wanted = Vec::new();
    for _ in 0..3 {
        wanted.extend(["tripped", "error"]);
    }
    for _ in 0..4 {
        wanted.extend(["returned", "overrun: cleanup 1s", "ok"]);
    }
    wanted.extend(["returned", "ok"]);
    assert_eq!(told(), wanted);
}

#[test]
fn the_future_is_as_free_as_without() {
    fn free<T: Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>(_: &T) {}

    #[loop_guard(timeout = "1s", cleanup = async |_| {
        let cell = std::cell::Cell::new(0);
        pass().await;
        cell.set(text.len());
    })]
    async fn cell(text: String) {}

    #[loop_guard(timeout = "1s", cleanup = async |_| pass().await)]
    async fn local() -> Rc<u32> {
        Rc::new(3)
    }

    free(&cell(String::new()));
    assert_eq!(*until_ready(&mut ByHand::new(local())), 3);
}
