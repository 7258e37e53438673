//! The scope of an async function.
//!
//! It is on the stack of a thread while it is polled there, and kept in the future between two polls.
//! What an expansion looks like:
//!
//! ```text
//! let mut task = Task::new();
//! let mut body = pin!(async move { begin(&SITE, nanos); ... });
//! poll_fn(move |context| task.poll(&SITE, body.as_mut(), context)).await
//! ```
//!
//! The body opens the scope by itself when it is polled first, so that its budget may be any expression;
//! the `Task` then takes it from the stack at each `Pending`, and puts it back, on whatever thread, before
//! the next poll.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use crate::epoch::{CALM_GAP, EPOCH, PARKED, STALE};
use crate::frame::{self, Poller, Stack};
use crate::leave;
use crate::scope::{Scope, Seen, due, enter, inherit, tick};
use crate::site::{At, Site};
use crate::stack::Saved;
use crate::tripped::Tripped;
use crate::waiting::Waiting;

/// What a guarded future keeps of its scope.
#[doc(hidden)]
pub struct Task<X = ()> {
    saved: Saved,
    waiting: Option<Waiting>,
    more: X,
}

/// What only some scopes have to keep.
#[doc(hidden)]
pub trait More {
    /// From the open scope at `index`.
    #[doc(hidden)]
    fn save(&mut self, stack: &Frame, index: u32);

    /// Back into it.
    #[doc(hidden)]
    fn restore(&self, stack: &Frame, index: u32);
}

/// A stack, for [`More`].
#[doc(hidden)]
pub struct Frame(&'static Stack);

impl More for () {
    #[inline(always)]
    fn save(&mut self, _: &Frame, _: u32) {}

    #[inline(always)]
    fn restore(&self, _: &Frame, _: u32) {}
}

/// Iterations, and turns.
#[doc(hidden)]
#[derive(Default)]
pub struct Extras {
    left: u64,
    limit: u64,
    every: u64,
    spent: bool,
}

impl More for Extras {
    fn save(&mut self, stack: &Frame, index: u32) {
        (self.spent, self.left, self.limit) = stack.0.allowance(index);
        self.every = frame::turn().every;
    }

    fn restore(&self, stack: &Frame, index: u32) {
        stack.0.allow(index, self.limit);
        stack.0.leave(index, self.left);
        if self.spent {
            stack.0.spend(index, self.limit);
        }
        frame::take_turn(self.every);
    }
}

impl Task {
    /// Of a scope that will have no more than a deadline.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self {
            saved: Saved::NONE,
            waiting: None,
            more: (),
        }
    }
}

impl Task<Extras> {
    /// Of one that will count iterations or take turns.
    #[inline(always)]
    #[must_use]
    pub fn with_extras() -> Self {
        Self {
            saved: Saved::NONE,
            waiting: None,
            more: Extras::default(),
        }
    }
}

impl<X: More> Task<X> {
    /// Polls the body in its scope.
    #[inline]
    pub fn poll<F: Future>(
        &mut self,
        site: &'static Site,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Result<F::Output, Tripped>> {
        let poller = self.resume(site);
        match body.poll(context) {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending => self.suspend(&poller, site, context, at).map(Err),
        }
    }

    /// The same, for a body in which trips may unwind.
    #[inline]
    pub fn poll_caught<F: Future>(
        &mut self,
        site: &'static Site,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Result<F::Output, Tripped>> {
        let poller = self.resume(site);
        match leave::boundary(|| body.poll(context)) {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => self.suspend(&poller, site, context, at).map(Err),
            Err(tripped) => Poll::Ready(Err(tripped)),
        }
    }

    #[inline]
    fn resume(&self, site: &'static Site) -> Poller {
        let scope = Scope::base();
        let (stack, index) = scope.place();
        let poller = Poller::new(scope);
        if let Some(waiting) = &self.waiting {
            waiting.run(true);
            stack.resume(site.register(), &self.saved);
            self.more.restore(&Frame(stack), index);
            // What is due before the next tick, nobody may have asked a tick for: the checks of this
            // thread then have to look. They will anyway if the word has changed.
            let word = EPOCH.word();
            let (due, settled) = self.saved.deadline(&EPOCH);
            if !settled || word & PARKED != 0 || due <= word.saturating_add(CALM_GAP) {
                frame::set_seen(STALE);
            }
        }
        poller
    }

    /// Takes the scope from the stack, for the task to be woken at its deadline; the trip if that
    /// has passed.
    fn suspend(
        &mut self,
        poller: &Poller,
        site: &'static Site,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Tripped> {
        let (stack, index) = poller.scope().place();
        if stack.depth() == index {
            return Poll::Pending; // it waits for its own budget
        }
        if due(inherit()) {
            if let Err(tripped) = tick(at) {
                return Poll::Ready(tripped);
            }
        }
        let earliest = stack.earliest(&EPOCH).due;
        self.saved = stack.save(index);
        self.more.save(&Frame(stack), index);
        let waiting = self
            .waiting
            .get_or_insert_with(|| Waiting::new(site, self.saved));
        waiting.until(earliest, context);
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
    match leave::boundary(|| body.poll(context)) {
        Ok(value) => Poll::Ready(Ok(ready!(value))),
        Err(tripped) => Poll::Ready(Err(tripped)),
    }
}

/// Opens the scope that the [`Task`] around the caller keeps, with a budget of `limit` nanoseconds.
///
/// A stale result asks for a check at once.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn begin(site: &'static Site, limit: u64) -> Seen {
    let (scope, seen) = enter(site, limit);
    // The task closes it.
    core::mem::forget(scope);
    seen
}

/// Sets the iterations of the scope that was just opened.
#[doc(hidden)]
pub fn allow(limit: u64) {
    let stack = Stack::current();
    stack.allow(stack.depth() - 1, limit);
}

/// Has the scope that was just opened yield every so many nanoseconds.
#[doc(hidden)]
pub fn take_turns(every: u64) {
    frame::take_turn(every);
    frame::set_seen(STALE);
}

/// Gives a future the type that it is expected to yield.
#[doc(hidden)]
#[inline(always)]
pub fn future<R, F: Future<Output = R>>(body: F) -> F {
    body
}

/// Lets other tasks run, if this one has been running for as long as its turn may be.
#[doc(hidden)]
pub async fn turn() {
    if !frame::turn_is_over() {
        return;
    }
    #[cfg(feature = "tokio")]
    if tokio::runtime::Handle::try_current().is_ok() {
        return tokio::task::yield_now().await;
    }
    let mut yielded = false;
    core::future::poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
