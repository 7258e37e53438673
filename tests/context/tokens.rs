use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::{Cancel, CancelToken, testing};

use crate::allocations::held;

#[test]
fn the_first_reason_is_kept() {
    let token = CancelToken::new();
    assert_eq!(token.reason(), None);
    token.cancel("first");
    token.cancel("second");
    assert_eq!(token.reason(), Some("first"));
    assert_eq!(token.clone().reason(), Some("first"));
}

#[test]
fn a_cancel_goes_down_and_not_up() {
    let root = CancelToken::new();
    let (left, right) = (root.child(), root.child());
    let leaf = left.child();
    left.cancel("left");
    assert_eq!((leaf.reason(), left.reason()), (Some("left"), Some("left")));
    assert!(!root.is_cancelled() && !right.is_cancelled());
    root.cancel("root");
    assert_eq!(
        (leaf.reason(), right.reason()),
        (Some("left"), Some("root"))
    );
}

#[test]
fn a_child_outlives_the_handle_of_its_parent() {
    let root = CancelToken::new();
    let leaf = root.child().child().child();
    root.cancel("root");
    assert_eq!(leaf.reason(), Some("root"));
    let orphan = CancelToken::new().child();
    assert!(!orphan.is_cancelled());
}

#[test]
fn a_million_children_that_are_gone_hold_no_memory() {
    let root = CancelToken::new();
    let step = |_| {
        let child = root.child();
        child.cancel_after(Duration::from_secs(3600), "never");
        drop(child.child());
        let mut waits = pin!(child.cancelled());
        assert!(
            waits
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
    };
    (0..1000).for_each(step);
    let before = held();
    (0..1_000_000).for_each(step);
    // An alarm an hour away is rounded, so that thousands share one, and stays in its list until it fires.
    assert!(
        held() < before + 16 * 1024,
        "{} bytes more",
        held() - before
    );
}

#[test]
fn many_children_at_once_give_their_memory_back() {
    let root = CancelToken::new();
    let before = held();
    let children: Vec<_> = (0..10_000).map(|_| root.child()).collect();
    assert!(held() > before);
    drop(children);
    assert!(held() <= before + 1024, "{} bytes more", held() - before);
}

#[test]
fn threads_see_a_tree_cancel_in_one_step() {
    for _ in 0..200 {
        let root = CancelToken::new();
        let tokens: Vec<_> = (0..50).map(|_| root.child()).collect();
        let barrier = Barrier::new(3);
        thread::scope(|scope| {
            for _ in 0..2 {
                let (root, tokens, barrier) = (&root, &tokens, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    while !tokens.iter().any(CancelToken::is_cancelled) {}
                    assert!(tokens.iter().all(|token| token.reason() == Some("stop")));
                    assert!(root.is_cancelled());
                });
            }
            barrier.wait();
            root.cancel("stop");
        });
    }
}

#[test]
fn children_made_while_the_tree_cancels_are_cancelled() {
    for _ in 0..200 {
        let root = CancelToken::new();
        let makers: Vec<_> = (0..3)
            .map(|_| {
                let root = root.clone();
                thread::spawn(move || {
                    let mut made = Vec::new();
                    while !root.is_cancelled() {
                        made.push(root.child());
                    }
                    made.push(root.child());
                    assert!(made.iter().all(|child| child.reason() == Some("stop")));
                })
            })
            .collect();
        thread::yield_now();
        root.cancel("stop");
        for maker in makers {
            maker.join().unwrap();
        }
    }
}

#[test]
fn whoever_waits_is_woken() {
    let token = CancelToken::new();
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let child = token.child();
            thread::spawn(move || {
                smol::block_on(child.cancelled());
                child.reason()
            })
        })
        .collect();
    token.cancel("stop");
    for waiter in waiting {
        assert_eq!(waiter.join().unwrap(), Some("stop"));
    }
    smol::block_on(token.cancelled());
}

struct Count(AtomicU32);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_wait_that_is_given_up_wakes_nobody() {
    let token = CancelToken::new();
    let count = Arc::new(Count(AtomicU32::new(0)));
    let waker = Waker::from(count.clone());
    let mut context = Context::from_waker(&waker);
    {
        let mut given_up = pin!(token.cancelled());
        assert!(given_up.as_mut().poll(&mut context).is_pending());
    }
    let mut kept = pin!(token.cancelled());
    for _ in 0..3 {
        assert!(kept.as_mut().poll(&mut context).is_pending());
    }
    token.cancel("stop");
    assert_eq!(count.0.load(Ordering::Relaxed), 1);
    assert!(kept.as_mut().poll(&mut context).is_ready());
}

/// A waker is code of an executor: it may call the token again, and it may panic.
struct Rude(CancelToken);

impl Wake for Rude {
    fn wake(self: Arc<Self>) {
        self.0.cancel("again");
        assert!(self.0.child().is_cancelled());
        panic!("a waker that panics");
    }
}

#[test]
fn wakers_may_come_back_to_the_token() {
    let token = CancelToken::new();
    let waker = Waker::from(Arc::new(Rude(token.clone())));
    let mut waits = pin!(token.cancelled());
    assert!(
        waits
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    token.cancel("first");
    assert_eq!(token.reason(), Some("first"));
}

#[test]
fn after_a_delay() {
    let (start, token) = (Instant::now(), CancelToken::new());
    let child = token.child();
    token.cancel_after(Duration::from_secs(3600), "late");
    token.cancel_after(Duration::from_millis(3), "early");
    token.cancel_after(Duration::from_secs(60), "later");
    smol::block_on(child.cancelled());
    assert!(start.elapsed() > Duration::from_millis(3));
    assert_eq!(child.reason(), Some("early"));
}

#[test]
fn a_delay_that_never_ends_or_comes_too_late_is_none() {
    let token = CancelToken::new();
    token.cancel_after(Duration::MAX, "never");
    assert!(!token.is_cancelled());
    token.cancel("now");
    token.cancel_after(Duration::ZERO, "after that");
    thread::sleep(Duration::from_millis(2));
    assert_eq!(token.reason(), Some("now"));
}

#[test]
fn a_delay_follows_the_clock_of_the_test() {
    let _paused = testing::pause();
    let token = CancelToken::new();
    token.cancel_after(Duration::from_secs(60), "a minute");
    testing::advance(Duration::from_secs(60));
    assert!(!token.is_cancelled(), "its last moment is not past");
    testing::advance(Duration::from_nanos(1));
    assert_eq!(token.reason(), Some("a minute"));
}

#[test]
fn what_happened_before_the_cancel_is_visible() {
    let (token, data) = (CancelToken::new(), Arc::new(AtomicU32::new(0)));
    let (child, read) = (token.child(), data.clone());
    let reader = thread::spawn(move || {
        while !child.is_cancelled() {}
        read.load(Ordering::Relaxed)
    });
    data.store(7, Ordering::Relaxed);
    token.cancel("stop");
    assert_eq!(reader.join().unwrap(), 7);
}

#[test]
fn flags_closures_and_references_say_whether_to_stop() {
    #[allow(
        clippy::needless_pass_by_value,
        reason = "so that references are tried too"
    )]
    fn stops(cancel: impl Cancel) -> (bool, &'static str) {
        (cancel.is_cancelled(), cancel.reason())
    }
    let token = CancelToken::new();
    let (flag, shared) = (AtomicBool::new(false), Arc::new(AtomicBool::new(false)));
    assert!(!stops(token.clone()).0 && !stops(&flag).0 && !stops(shared.clone()).0);
    token.cancel("client gone");
    flag.store(true, Ordering::Release);
    shared.store(true, Ordering::Release);
    assert_eq!(stops(token.clone()), (true, "client gone"));
    assert_eq!(stops(token), (true, "client gone"));
    assert_eq!(stops(&flag), (true, "cancelled"));
    assert_eq!(stops(shared), (true, "cancelled"));
    let (closed, channel) = mpsc::channel::<()>();
    let gone = move || channel.try_recv() == Err(mpsc::TryRecvError::Disconnected);
    assert!(!stops(&gone).0);
    drop(closed);
    assert!(stops(gone).0);
}

#[cfg(feature = "tokio-util")]
#[test]
fn the_token_of_tokio_util_says_whether_to_stop() {
    let token = tokio_util::sync::CancellationToken::new();
    let child: Box<dyn Cancel> = Box::new(token.child_token());
    assert!(!child.is_cancelled());
    token.cancel();
    assert!(child.is_cancelled());
}
