//! Futures that are polled by hand, and a clock to go with them.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

pub(crate) const NANO: Duration = Duration::from_nanos(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Counts how often it is woken.
#[derive(Default)]
pub(crate) struct Bell(AtomicUsize);

impl Bell {
    pub(crate) fn rung(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A future and the bell it is polled with.
pub(crate) struct ByHand<F: ?Sized> {
    pub(crate) bell: Arc<Bell>,
    future: Pin<Box<F>>,
}

impl<F: Future> ByHand<F> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            bell: Arc::default(),
            future: Box::pin(future),
        }
    }
}

impl<F: Future + ?Sized> ByHand<F> {
    pub(crate) fn poll(&mut self) -> Poll<F::Output> {
        let waker = Waker::from(self.bell.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polls a future that is not ready.
    #[track_caller]
    pub(crate) fn pend(&mut self) {
        assert!(self.poll().is_pending(), "it is ready");
    }

    /// Polls a future that is ready.
    #[track_caller]
    pub(crate) fn finish(&mut self) -> F::Output {
        match self.poll() {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it is not ready"),
        }
    }
}

/// Pending once; wakes nobody.
pub(crate) async fn pause() {
    let mut waited = false;
    poll_fn(|_| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        Poll::Pending
    })
    .await;
}

/// Pending once; wakes its task at once.
pub(crate) async fn pass() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Pending this many times; wakes its task at once.
pub(crate) async fn passes(times: u32) {
    for _ in 0..times {
        pass().await;
    }
}
