//! The cleanup of a future with `root` was told that the function had returned when its time had run out, and that it had
//! been cut short when another future of the thread had been.

use std::cell::RefCell;
use std::future::{Ready, poll_fn, ready};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::{Budget, Exit, Tripped, loop_guard, testing};
use harness::Paused;

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn tell(exit: &Exit<'_>) {
    let why = match exit {
        Exit::Tripped(_) => "tripped".to_owned(),
        other => other.to_string(),
    };
    TOLD.with_borrow_mut(|told| told.push(why));
}

const SECOND: Duration = Duration::from_secs(1);

/// Pending once.
async fn pause() {
    let mut waited = false;
    poll_fn(|_| {
        if std::mem::replace(&mut waited, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Ready at once; its call is not one of a helper, since it is awaited.
fn advance(by: Duration) -> Ready<()> {
    testing::advance(by);
    ready(())
}

/// What calls one is polled as a whole.
fn helper(by: Duration) {
    assert!(by < SECOND * 9);
}

macro_rules! forms {
    ($($(#[$guard:meta])* $name:ident $(calls $helper:ident)?;)*) => {
        $($(#[$guard])*
        async fn $name(by: Duration) -> Result<(), Tripped> {
            pause().await;
            advance(by).await;
            $($helper(by);)?
            while by > Duration::ZERO {}
            Ok(())
        })*

        #[test]
        fn each_is_told_why() {
            let _paused = Paused::new();
            $(for (by, why) in [(SECOND * 5, "tripped"), (Duration::ZERO, "returned")] {
                assert_eq!(finish($name(by)), why, "{}", stringify!($name));
            })*
        }
    };
}

forms! {
    #[loop_guard(timeout = "1s", root, cleanup = tell)] in_place;
    #[loop_guard(timeout = "1s", depth = 9, root, cleanup = tell)] in_place_by_parts;
    #[loop_guard(timeout = "1s", root, cleanup = tell)] as_a_whole calls helper;
    #[loop_guard(timeout = "1s", root, cleanup = async |exit| tell(exit))] awaited;
    #[loop_guard(budget = Budget::timeout(SECOND).root(), cleanup = tell)] by_budget;
    #[loop_guard(budget = Budget::timeout(SECOND).root(), cleanup = tell)] by_budget_as_a_whole calls helper;
    #[loop_guard(budget = Budget::timeout(SECOND), root, cleanup = async |exit| tell(exit))] by_budget_awaited;
}

#[loop_guard(iterations = 1)]
async fn stranger() -> Result<(), Tripped> {
    loop {
        ready(()).await;
    }
}

/// Polls it twice, while another future trips. Returns what its cleanup was told.
fn finish(future: impl Future<Output = Result<(), Tripped>>) -> String {
    let mut context = Context::from_waker(Waker::noop());
    let mut future = std::pin::pin!(future);
    assert!(future.as_mut().poll(&mut context).is_pending());
    let other = std::pin::pin!(stranger()).poll(&mut context);
    assert!(matches!(other, Poll::Ready(Err(_))));
    let outcome = future.as_mut().poll(&mut context);
    let mut told = TOLD.take();
    assert_eq!(told.len(), 1);
    let told = told.remove(0);
    assert!(matches!(outcome, Poll::Ready(it) if it.is_err() == (told == "tripped")));
    told
}
