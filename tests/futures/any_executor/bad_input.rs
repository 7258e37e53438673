//! Executors, wakers and tasks that misbehave: each has a documented outcome, and everything else continues.

use std::future::{Future, pending};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use guard_runtime::{Tripped, deadline, loop_guard, snapshot};

use super::by_hand::{ByHand, pause};

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

/// Other futures and functions are still served.
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

type Boxed = Pin<Box<dyn Future<Output = Result<(), Tripped>> + Send>>;

/// A future that was polled once with this waker, and waits. On a busy machine a short budget may be spent by then,
/// so it may take several attempts.
fn polled<F>(make: impl Fn() -> F, waker: &Waker) -> Boxed
where
    F: Future<Output = Result<(), Tripped>> + Send + 'static,
{
    loop {
        let mut future = Box::pin(make());
        let polled = future.as_mut().poll(&mut Context::from_waker(waker));
        if polled.is_pending() {
            return future;
        }
    }
}

/// The same, after its alarm has fired.
fn rung(budget: Duration, waker: &Waker) -> Boxed {
    let future = polled(|| waits(budget), waker);
    // A later alarm, for the same ticker.
    assert!(block_on(waits(SOON * 10)).is_err());
    future
}

#[test]
fn an_executor_that_never_wakes_may_poll_again_or_drop() {
    let mut first = rung(SOON, Waker::noop());
    let second = rung(SOON, Waker::noop());
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
    let waker = Waker::from(Arc::new(Panics));
    let _all: Vec<_> = (0..10).map(|_| polled(|| waits(SOON), &waker)).collect();
    let _rung = rung(SOON, &waker);
    everybody_is_served();
}

type Shared = Arc<Mutex<Option<Boxed>>>;

/// A task that its own waker keeps alive, and whose last waker drops another.
struct Task {
    other: Shared,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Task {
    fn drop(&mut self) {
        // Guards in a destructor that runs on the ticker's thread, where nobody ticks meanwhile: a guarded future
        // in the same list, and a scope.
        drop(self.other.lock().unwrap().take());
        assert!(runs().is_err());
    }
}

#[test]
fn a_waker_whose_drop_drops_other_futures() {
    const LONG: Duration = Duration::from_secs(3600);
    // More rounds than there are lists, so that some futures share one.
    for round in 0..20 {
        let future = polled(|| waits(LONG), Waker::noop());
        let other = Arc::new(Mutex::new(Some(future)));
        let waker = Waker::from(Arc::new(Task {
            other: other.clone(),
        }));
        let mut future = polled(|| waits(LONG), &waker);
        drop(waker);
        assert!(other.lock().unwrap().is_some(), "the waker is kept");
        // Another waker takes its place, or the future goes.
        if round % 2 == 0 {
            let again = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            assert!(again.is_pending());
        } else {
            drop(future);
        }
        assert!(other.lock().unwrap().is_none(), "the waker is gone");
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
    *slot.lock().unwrap() = Some(polled(cycle, &waker));
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
