//! Work that outlives the scope of a future learns that the scope has ended, but not before.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Cause, Context, Tripped, checkpoint, loop_guard, sleep};

const HOUR: Duration = Duration::from_secs(3600);

/// Where a future leaves its context for others.
type Kept = Arc<Mutex<Option<Context>>>;

type Scoped = Pin<Box<dyn Future<Output = ()> + Send>>;

fn keep(kept: &Kept) {
    *kept.lock().unwrap() = Some(Context::current());
}

/// Its body stays in place.
#[loop_guard(timeout = "1h", name = "kept")]
async fn in_place(kept: Kept, turns: u32) {
    keep(&kept);
    for _ in 0..turns {
        smol::future::yield_now().await;
    }
}

/// Its body is polled as one.
#[loop_guard(timeout = "1h", name = "kept", strict)]
async fn as_one(kept: Kept, turns: u32) {
    smol::future::yield_now().await;
    keep(&kept);
    for _ in 1..turns {
        smol::future::yield_now().await;
    }
}

#[loop_guard(depth = 3, name = "kept")]
async fn with_account(kept: Kept, turns: u32) {
    keep(&kept);
    for _ in 0..turns {
        smol::future::yield_now().await;
    }
}

fn by_hand(kept: Kept, turns: u32) -> impl Future<Output = ()> + Send {
    let budget = Budget::timeout(HOUR).named("kept");
    async move {
        let body = async {
            keep(&kept);
            for _ in 0..turns {
                smol::future::yield_now().await;
            }
        };
        budget.wrap(body).await.unwrap();
    }
}

/// Each form, and the context of its scope once it has been polled.
fn forms(turns: u32) -> [(Scoped, Kept); 4] {
    let kept = [(); 4].map(|()| Kept::default());
    let [one, two, three, four] = kept.clone();
    let futures: [Scoped; 4] = [
        Box::pin(in_place(one, turns)),
        Box::pin(as_one(two, turns)),
        Box::pin(with_account(three, turns)),
        Box::pin(by_hand(four, turns)),
    ];
    let mut kept = kept.into_iter();
    futures.map(|future| (future, kept.next().unwrap()))
}

fn poll(future: &mut Scoped) -> Poll<()> {
    let mut context = std::task::Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut context)
}

fn check(kept: &Kept) -> Result<(), Tripped> {
    let context = kept.lock().unwrap();
    context.as_ref().expect("it was polled").run(checkpoint)
}

#[track_caller]
fn assert_ended(found: Result<(), Tripped>) {
    let tripped = found.unwrap_err();
    assert_eq!(
        (tripped.scope(), tripped.cause()),
        ("kept", Cause::ScopeEnded)
    );
}

#[test]
fn it_ends_with_the_result() {
    for (mut future, kept) in forms(3) {
        assert!(poll(&mut future).is_pending() && poll(&mut future).is_pending());
        assert!(check(&kept).is_ok(), "it waits");
        let there = thread::spawn(move || {
            assert!(poll(&mut future).is_pending());
            future
        });
        let mut future = there.join().unwrap();
        assert!(check(&kept).is_ok(), "it was elsewhere");
        assert!(poll(&mut future).is_ready());
        assert_ended(check(&kept));
        let detached = kept.lock().unwrap().take().unwrap().detach();
        assert!(detached.run(checkpoint).is_ok());
    }
}

#[test]
fn it_ends_without_having_waited() {
    let kept = Kept::default();
    let mut future: Scoped = Box::pin(in_place(Arc::clone(&kept), 0));
    assert!(poll(&mut future).is_ready());
    assert_ended(check(&kept));
}

#[test]
fn it_ends_when_it_is_dropped() {
    for (mut future, kept) in forms(3) {
        assert!(poll(&mut future).is_pending() && poll(&mut future).is_pending());
        assert!(check(&kept).is_ok());
        drop(future);
        assert_ended(check(&kept));
    }
}

#[test]
fn it_ends_with_a_panic() {
    #[loop_guard(timeout = "1h", name = "kept")]
    async fn panics(kept: Kept) {
        keep(&kept);
        smol::future::yield_now().await;
        panic!("in its scope, as the test wants");
    }
    let kept = Kept::default();
    let mut future: Scoped = Box::pin(panics(Arc::clone(&kept)));
    assert!(poll(&mut future).is_pending());
    assert!(check(&kept).is_ok());
    assert!(catch_unwind(AssertUnwindSafe(|| poll(&mut future))).is_err());
    assert_ended(check(&kept));
}

/// A function that the future calls has a scope that ends earlier.
#[test]
fn functions_that_a_future_calls_end_by_themselves() {
    #[loop_guard(timeout = "1h", name = "kept")]
    async fn calls(inner: Kept, outer: Kept) {
        keep(&outer);
        let budget = Budget::timeout(HOUR).named("kept");
        budget.run(|| keep(&inner)).unwrap();
        smol::future::yield_now().await;
    }
    let (inner, outer) = (Kept::default(), Kept::default());
    let mut future: Scoped = Box::pin(calls(Arc::clone(&inner), Arc::clone(&outer)));
    assert!(poll(&mut future).is_pending());
    assert_ended(check(&inner));
    assert!(check(&outer).is_ok());
    assert!(poll(&mut future).is_ready());
    assert_ended(check(&outer));
}

#[test]
fn a_future_inside_it_ends_first() {
    #[loop_guard(timeout = "1h", name = "kept")]
    async fn outer(inner: Kept, kept: Kept) {
        in_place(inner, 1).await;
        keep(&kept);
        smol::future::yield_now().await;
    }
    let (inner, kept) = (Kept::default(), Kept::default());
    let mut future: Scoped = Box::pin(outer(Arc::clone(&inner), Arc::clone(&kept)));
    assert!(poll(&mut future).is_pending());
    assert!(check(&inner).is_ok());
    assert!(poll(&mut future).is_pending());
    assert_ended(check(&inner));
    assert!(check(&kept).is_ok());
    drop(future);
    assert_ended(check(&kept));
}

#[test]
fn threads_that_wait_in_it_are_woken() {
    for (mut future, kept) in forms(2) {
        assert!(poll(&mut future).is_pending() && poll(&mut future).is_pending());
        let context = kept.lock().unwrap().take().unwrap();
        let (starts, started) = mpsc::channel();
        let sleeper = thread::spawn(move || {
            context.run(|| {
                starts.send(()).unwrap();
                sleep(HOUR)
            })
        });
        started.recv().unwrap();
        drop(future);
        assert_ended(sleeper.join().unwrap());
    }
}

struct Count(AtomicU32);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn tasks_that_wait_in_it_are_woken_once() {
    #[loop_guard(timeout = "1h")]
    async fn never() -> Result<(), Tripped> {
        std::future::pending().await
    }
    let kept = Kept::default();
    let mut future: Scoped = Box::pin(in_place(Arc::clone(&kept), 2));
    assert!(poll(&mut future).is_pending());
    let context = kept.lock().unwrap().take().unwrap();
    let mut waits = Box::pin(context.wrap(never()));
    let count = Arc::new(Count(AtomicU32::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut task = std::task::Context::from_waker(&waker);
    assert!(waits.as_mut().poll(&mut task).is_pending());
    assert!(poll(&mut future).is_pending());
    assert_eq!(count.0.load(Ordering::Relaxed), 0, "nothing to look at");
    assert!(poll(&mut future).is_ready());
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    let Poll::Ready(found) = waits.as_mut().poll(&mut task) else {
        panic!("it has ended")
    };
    assert_ended(found);
}
