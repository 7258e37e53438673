//! Executors, wakers and tasks that do not behave: a documented outcome each, and everybody else goes on.

use std::future::{Future, pending};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use guard_runtime::{Tripped, deadline, loop_guard, snapshot};

use crate::by_hand::{ByHand, pause};

const SOON: Duration = Duration::from_millis(5);

#[loop_guard(timeout = budget)]
async fn waits(budget: Duration) -> Result<(), Tripped> {
    pending().await
}

#[loop_guard(timeout = "5ms")]
fn runs() -> Result<(), Tripped> {
    loop {
        std::hint::spin_loop();
    }
}

/// Whoever waits, or runs, is still served.
fn everybody_is_served() {
    assert!(block_on(waits(SOON)).is_err());
    assert!(smol::block_on(waits(SOON)).is_err());
    assert!(runs().is_err());
    assert_eq!(deadline(), None);
}

#[test]
fn no_runtime() {
    let start = Instant::now();
    assert!(block_on(waits(SOON)).is_err());
    assert!(start.elapsed() >= SOON);
    everybody_is_served();
}

/// Polls once with this waker, and comes back when its alarm has rung.
fn rung<F: Future>(future: F, waker: &Waker) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    let polled = future.as_mut().poll(&mut Context::from_waker(waker));
    assert!(polled.is_pending());
    // A later alarm, for the same ticker.
    assert!(block_on(waits(SOON * 10)).is_err());
    future
}

#[test]
fn an_executor_that_never_wakes_may_poll_again_or_drop() {
    let mut first = rung(waits(SOON), Waker::noop());
    let second = rung(waits(SOON), Waker::noop());
    drop(second);
    let polled = first.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Err(_))));
    everybody_is_served();
}

/// Its payload panics as well.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic_any("in the payload of a panic");
        }
    }
}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic_any(Bomb);
    }
}

#[test]
fn a_waker_that_panics_is_alone_with_it() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if thread::current().name() != Some("loop-guard") {
            hook(info);
        }
    }));
    let all: Vec<_> = (0..10).map(|_| waits(SOON)).collect();
    let waker = Waker::from(Arc::new(Panics));
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    for future in &mut all {
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
    }
    let _rung = rung(waits(SOON), &waker);
    everybody_is_served();
}

type Shared = Arc<Mutex<Option<Pin<Box<dyn Future<Output = Result<(), Tripped>> + Send>>>>>;

/// A task that its own waker keeps alive, and whose last waker drops it.
struct Task {
    other: Shared,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Task {
    fn drop(&mut self) {
        // A guarded future in the same list, and a scope opened meanwhile.
        drop(self.other.lock().unwrap().take());
        assert!(runs().is_err() || thread::current().name() == Some("loop-guard"));
    }
}

/// A future that was polled once, for others to drop.
fn pended(budget: Duration) -> Shared {
    let mut future = Box::pin(waits(budget));
    let polled = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    Arc::new(Mutex::new(Some(future)))
}

#[test]
fn a_waker_whose_drop_drops_other_futures() {
    for _ in 0..20 {
        // As many as there are lists, so that two of them share one.
        for budget in [Duration::from_secs(3600), SOON] {
            let other = pended(Duration::from_secs(3600));
            let waker = Waker::from(Arc::new(Task {
                other: other.clone(),
            }));
            let mut future = ByHand::new(waits(budget));
            let mut boxed = Box::pin(waits(budget));
            assert!(
                boxed
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
            );
            drop(waker);
            assert!(other.lock().unwrap().is_some(), "the waker is kept");
            // Another waker takes its place, or the future goes.
            if budget == SOON {
                assert!(
                    boxed
                        .as_mut()
                        .poll(&mut Context::from_waker(Waker::noop()))
                        .is_pending()
                );
            }
            drop(boxed);
            assert!(other.lock().unwrap().is_none(), "and gone with its future");
            future.pend();
        }
    }
    everybody_is_served();
}

#[test]
fn a_task_that_waits_in_its_own_waker_is_freed_when_its_alarm_rings() {
    #[loop_guard(timeout = "5ms", name = "cycle")]
    async fn cycle() -> Result<(), Tripped> {
        pending().await
    }
    let slot: Shared = Arc::default();
    let waker = Waker::from(Arc::new(Task {
        other: slot.clone(),
    }));
    let mut future = Box::pin(cycle());
    assert!(
        future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    *slot.lock().unwrap() = Some(future);
    drop((slot, waker));
    let listed = || {
        snapshot()
            .iter()
            .filter(|scope| scope.name() == "cycle")
            .count()
    };
    while listed() > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    everybody_is_served();
}

#[test]
fn a_thread_that_dies_with_futures() {
    struct Late(Option<ByHand<Pin<Box<dyn Future<Output = Result<(), Tripped>>>>>>);
    impl Drop for Late {
        fn drop(&mut self) {
            let mut future = self.0.take().unwrap();
            future.pend();
            assert!(runs().is_err());
            drop(future);
            assert!(block_on(waits(SOON)).is_err());
        }
    }
    thread_local! {
        static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) };
    }
    for first in [false, true] {
        let dies = thread::spawn(move || {
            let mut future = ByHand::new(
                Box::pin(waits(Duration::from_secs(100))) as Pin<Box<dyn Future<Output = _>>>
            );
            if first {
                future.pend();
            }
            LATE.set(Some(Late(Some(future))));
            if !first {
                assert!(runs().is_err());
            }
        });
        dies.join().unwrap();
    }
    everybody_is_served();
}

#[test]
fn budgets_at_both_ends() {
    assert!(block_on(waits(Duration::ZERO)).is_err());
    assert!(block_on(waits(Duration::from_nanos(1))).is_err());
    for budget in [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 1_000_000_000),
        Duration::from_secs(1 << 40),
    ] {
        let mut future = ByHand::new(waits(budget));
        future.pend();
        assert!(block_on(waits(SOON)).is_err());
        future.pend();
        assert_eq!(future.bell.rung(), 0);
    }
}

#[test]
fn an_executor_that_polls_without_being_woken() {
    #[loop_guard(timeout = "20ms")]
    async fn busy(polls: &std::cell::Cell<u64>) -> Result<(), Tripped> {
        loop {
            polls.set(polls.get() + 1);
            pause().await;
        }
    }
    let (polls, start) = (std::cell::Cell::new(0), Instant::now());
    let mut future = ByHand::new(busy(&polls));
    while future.poll().is_pending() {}
    assert!(start.elapsed() >= SOON * 4);
}
