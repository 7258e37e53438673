//! The scope of a guarded future whose body is a future inside it.
//!
//! ```text
//! let mut task = Task::new();
//! let body = pin!(async move { begin(&SITE, nanos); ... });
//! let mut body = Body::new(body);
//! poll_fn(move |context| task.poll(&SITE, body.as_mut(), context, at)).await
//! ```
//!
//! The body opens the scope at its first poll, so the budget may be any expression of its arguments. The `Task`
//! takes the scope from the stack at each `Pending`, whatever in the body is pending, and puts it back before the
//! next poll, on whichever thread that happens.

use core::future::Future;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::base::location::At;
use crate::base::site::{self, Site};
use crate::check::enter::open;
use crate::check::noticed::tick_of_result;
use crate::check::tick::{due, inherit, tick};
use crate::future::kept::{Extras, Kept, More};
use crate::future::leave::take_left;
use crate::future::poller::Poller;
use crate::stack::current;
use crate::time::seen::Seen;
use crate::time::source;
use crate::trip::tripped::Tripped;
use crate::trip::{boundary, log};

/// What a guarded future keeps of its scope.
#[doc(hidden)]
pub struct Task<X = ()>(Kept<X>);

// A future is not polled again after a poll that panicked, so the scope does not make it less unwind safe.
impl<X> UnwindSafe for Task<X> {}
impl<X> RefUnwindSafe for Task<X> {}

/// The pinned body. It is as unwind safe as the body itself, which a mutable reference would not be.
#[doc(hidden)]
pub struct Body<'f, F>(Pin<&'f mut F>);

impl<F: UnwindSafe> UnwindSafe for Body<'_, F> {}

impl<'f, F: Future> Body<'f, F> {
    /// Wraps the body, for a [`Task`] to poll.
    #[inline(always)]
    #[must_use]
    pub fn new(body: Pin<&'f mut F>) -> Self {
        Self(body)
    }

    /// The body, for one poll.
    #[inline(always)]
    pub fn as_mut(&mut self) -> Pin<&mut F> {
        self.0.as_mut()
    }
}

/// A future around the body, such as a policy, holds it like this: by value, it would be a step deeper for the
/// compiler, whose limit on nested layouts counts each.
impl<F: Future> Future for Body<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(context)
    }
}

impl Task {
    /// For a scope that has nothing but a deadline.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(Kept::new(()))
    }
}

impl Task<Extras> {
    /// For a scope that counts iterations or yields regularly.
    #[inline(always)]
    #[must_use]
    pub const fn with_extras() -> Self {
        Self(Kept::new(Extras::NONE))
    }
}

impl<X: More> Task<X> {
    /// Polls the body in its scope.
    #[inline]
    pub fn poll<F: Future>(
        &mut self,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Result<F::Output, Tripped>> {
        self.poll_by(context, at, |context| Ok(body.poll(context)))
    }

    /// Like [`poll`](Self::poll), for a body in which trips may unwind.
    #[inline]
    pub fn poll_caught<F: Future>(
        &mut self,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Result<F::Output, Tripped>> {
        self.poll_by(context, at, |context| {
            boundary::boundary(|| body.poll(context))
        })
    }

    /// Like [`poll_caught`](Self::poll_caught), but a result that comes after the deadline is a trip as well.
    #[inline]
    pub fn poll_strictly<F: Future>(
        &mut self,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Result<F::Output, Tripped>> {
        self.poll_by(context, at, |context| {
            let polled = boundary::boundary(|| body.poll(context))?;
            if polled.is_ready() {
                tick_of_result(at)?;
            }
            Ok(polled)
        })
    }

    #[inline(always)]
    fn poll_by<T>(
        &mut self,
        context: &mut Context<'_>,
        at: &At,
        poll: impl FnOnce(&mut Context<'_>) -> Result<Poll<T>, Tripped>,
    ) -> Poll<Result<T, Tripped>> {
        let poller = self.resume();
        let poll = match poll(context) {
            Ok(Poll::Ready(value)) => {
                if site::is_heard() {
                    poller.tell_late();
                }
                Poll::Ready(Ok(value))
            }
            Ok(Poll::Pending) => self.suspend(&poller, context, at).map(Err),
            Err(tripped) => Poll::Ready(Err(tripped)),
        };
        if poll.is_ready() {
            poller.tell_time();
        }
        poll
    }

    #[inline]
    pub(super) fn resume(&mut self) -> Poller {
        let poller = Poller::new(core::ptr::from_ref(self).addr());
        let (stack, index) = poller.scope().place();
        self.0.resume(stack, index);
        poller
    }

    /// Whether it has waited, and therefore stores its scope.
    #[cfg(feature = "tower")]
    #[inline]
    pub(super) fn has_waited(&self) -> bool {
        self.0.has_waited()
    }

    /// The trip because of which the body has to be left and dropped, if there is one; otherwise takes the scope
    /// from the stack.
    pub(super) fn suspend(
        &mut self,
        poller: &Poller,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Tripped> {
        let poll = self.wait(poller, context, at);
        if let Poll::Ready(tripped) = &poll {
            log::set_left(source::task(), tripped);
        }
        poll
    }

    fn wait(&mut self, poller: &Poller, context: &mut Context<'_>, at: &At) -> Poll<Tripped> {
        if let Some(tripped) = take_left() {
            return Poll::Ready(tripped);
        }
        let (stack, index) = poller.scope().place();
        if stack.depth() == index {
            return Poll::Pending; // The body awaits something before it opens the scope.
        }
        if due(inherit()) {
            if let Err(tripped) = tick(at) {
                return Poll::Ready(tripped);
            }
        }
        self.0.suspend(stack, index, context);
        Poll::Pending
    }
}

/// Polls the body of a function without a scope, in which trips may unwind.
#[doc(hidden)]
#[inline]
pub fn poll_caught<F: Future>(
    body: Pin<&mut F>,
    context: &mut Context<'_>,
) -> Poll<Result<F::Output, Tripped>> {
    match boundary::polled(|| body.poll(context)) {
        Poll::Pending => take_left().map_or(Poll::Pending, |tripped| Poll::Ready(Err(tripped))),
        ready @ Poll::Ready(_) => ready,
    }
}

/// Opens the scope of the [`Task`] around the caller, with a budget of `limit` nanoseconds.
///
/// A stale result asks for a check at once.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn begin(site: &'static Site, limit: u64) -> Seen {
    site.set_future();
    let (scope, seen) = open(site.once(limit));
    // The task closes it.
    scope.keep();
    seen
}

/// Sets the iterations of the scope that was just opened.
#[doc(hidden)]
pub fn allow(limit: u64) {
    if let Some(stack) = current::current() {
        stack.allow(stack.depth() - 1, limit);
    }
}
