//! The token that users hold, and the future that waits for it.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Arc, Weak};
use std::task::Wake;

use crate::alarm::alarms;
use crate::cancel::delay::Alarm;
use crate::cancel::tree;
use crate::time::clock;
use crate::time::epoch::EPOCH;

type Node = tree::Node<Alarm>;

/// A token by which one part of a program tells another to stop.
///
/// Clones are the same token. A [`child`](Self::child) is cancelled with its parent, and can be cancelled without
/// it. A cancel cannot be undone; the first reason is kept.
///
/// A tree cancels in one step: a thread that sees one token of it cancelled does not see another one that is not
/// yet. A token that is dropped leaves nothing behind, however many children its parent has had.
///
/// ```
/// use guard_runtime::CancelToken;
///
/// let server = CancelToken::new();
/// let request = server.child();
///
/// let worker = std::thread::spawn(move || {
///     while !request.is_cancelled() {
///         std::thread::yield_now();
///     }
///     request.reason()
/// });
/// server.cancel("shutting down");
/// assert_eq!(worker.join().unwrap(), Some("shutting down"));
/// ```
#[derive(Clone)]
pub struct CancelToken(Arc<Node>);

impl CancelToken {
    /// A token without a parent.
    #[must_use]
    pub fn new() -> Self {
        Self(Node::root())
    }

    /// A token that is cancelled with this one, for the same reason. If this one is cancelled already, so is the
    /// child.
    ///
    /// ```
    /// use guard_runtime::CancelToken;
    ///
    /// let parent = CancelToken::new();
    /// let (one, other) = (parent.child(), parent.child());
    /// one.cancel("client gone");
    /// assert!(!parent.is_cancelled() && !other.is_cancelled());
    ///
    /// parent.cancel("shutting down");
    /// assert_eq!(one.reason(), Some("client gone"));
    /// assert_eq!(other.reason(), Some("shutting down"));
    /// assert_eq!(parent.child().reason(), Some("shutting down"));
    /// ```
    #[must_use]
    pub fn child(&self) -> Self {
        Self(self.0.child())
    }

    /// Cancels this token and all its children, and wakes everything that waits for one of them. Has no effect on
    /// those that were cancelled before.
    ///
    /// Every check of the process looks at once, on every thread, without waiting for the next tick.
    pub fn cancel(&self, reason: &'static str) {
        if let Some(wakers) = self.0.cancel(reason) {
            EPOCH.bump();
            alarms::wake(wakers);
        }
    }

    /// Cancels in two stages: at once, like [`cancel`](Self::cancel), and once `grace` has passed also inside
    /// [shields](crate::shield()). Until then, a section that must not be left half done can finish.
    ///
    /// After the grace, the checks in a [`shield`](crate::shield()) or [`shield_for`](crate::shield_for) trip like
    /// those around it, and waits in it end within a heartbeat. Cleanups are not affected: they have a budget of
    /// their own. Of several calls on one token, the grace that ends first counts; a token that was cancelled with
    /// its parent is not affected. The grace needs the thread of the runtime's ticker, like
    /// [`cancel_after`](Self::cancel_after).
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::{Budget, CancelToken, checkpoint, shield};
    ///
    /// let token = CancelToken::new();
    /// let outcome = Budget::new().cancel(token.clone()).run(|| {
    ///     shield(|| {
    ///         token.cancel_with_grace("shutting down", Duration::from_millis(5));
    ///         assert!(checkpoint().is_ok(), "this section may end first");
    ///         while checkpoint().is_ok() {} // but it does not
    ///     })
    /// });
    /// assert!(outcome.is_ok(), "it was left by its own way");
    /// ```
    pub fn cancel_with_grace(&self, reason: &'static str, grace: Duration) {
        self.cancel(reason);
        let at = clock::now().saturating_add(clock::nanos(grace));
        if grace.is_zero() {
            self.0.force_now();
            EPOCH.bump();
            return;
        }
        self.0.force_at(at, |cancellation| {
            Alarm::new(at, Waker::from(Arc::new(Force(cancellation))))
        });
    }

    /// Whether shields no longer postpone its trips.
    pub(super) fn is_forced(&self) -> bool {
        self.0.is_forced()
    }

    /// Cancels the token once `delay` has passed: never earlier, and later by at most 0.3 ms and 1 %, plus the
    /// scheduler's delay.
    ///
    /// Of several calls the one that ends first counts. The delay is dropped with the token. It needs the thread of
    /// the runtime's ticker; if none can be started, the token is never cancelled by itself.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use guard_runtime::CancelToken;
    ///
    /// let (start, token) = (Instant::now(), CancelToken::new());
    /// token.cancel_after(Duration::from_millis(5), "took too long");
    /// while !token.is_cancelled() {
    ///     std::thread::yield_now();
    /// }
    /// assert!(start.elapsed() > Duration::from_millis(5));
    /// assert_eq!(token.reason(), Some("took too long"));
    /// ```
    pub fn cancel_after(&self, delay: Duration, reason: &'static str) {
        let at = clock::now().saturating_add(clock::nanos(delay));
        let node = Arc::downgrade(&self.0);
        let waker = || Waker::from(Arc::new(Later { node, reason }));
        self.0.arm(at, || Alarm::new(at, waker()));
    }

    /// Whether it is cancelled: one acquire load. If it is, everything that happened before the cancel is visible.
    #[inline]
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Why it was cancelled; `None` if it was not.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        self.0.reason()
    }

    /// Waits until the token is cancelled, on any executor.
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::CancelToken;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let token = CancelToken::new();
    /// token.cancel_after(Duration::from_millis(1), "enough");
    /// token.cancelled().await;
    /// assert_eq!(token.reason(), Some("enough"));
    /// # });
    /// ```
    pub fn cancelled(&self) -> Cancelled {
        Cancelled {
            node: Arc::clone(&self.0),
            key: None,
        }
    }
}

impl Default for CancelToken {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason();
        f.debug_struct("CancelToken")
            .field("reason", &reason)
            .finish()
    }
}

/// Cancels a token when its alarm wakes it. Weak, so that the alarm ends with the token.
struct Later {
    node: Weak<Node>,
    reason: &'static str,
}

impl Wake for Later {
    fn wake(self: Arc<Self>) {
        if let Some(node) = self.node.upgrade() {
            CancelToken(node).cancel(self.reason);
        }
    }
}

/// Ends a grace when its alarm wakes it. Weak, so that the alarm ends with the last token that was cancelled.
struct Force(Weak<tree::Cancellation<Alarm>>);

impl Wake for Force {
    fn wake(self: Arc<Self>) {
        if let Some(cancellation) = self.0.upgrade() {
            cancellation.force();
            EPOCH.bump();
        }
    }
}

/// The future of [`CancelToken::cancelled`].
#[must_use = "a future does nothing until it is awaited"]
pub struct Cancelled {
    node: Arc<Node>,
    /// The key under which its waker is registered.
    key: Option<u64>,
}

impl Future for Cancelled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { node, key } = self.get_mut();
        if node.is_cancelled() || !node.register(key, context.waker().clone()) {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for Cancelled {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.node.unregister(key);
        }
    }
}

impl fmt::Debug for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancelled").finish_non_exhaustive()
    }
}
