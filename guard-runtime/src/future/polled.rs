//! The scope of an async function.
//!
//! It is on the stack of a thread while it is polled there, and kept in the future between two polls.
//! What an expansion looks like:
//!
//! ```text
//! let mut task = Task::new();
//! let body = pin!(async move { begin(&SITE, nanos); ... });
//! let mut body = Body::new(body);
//! poll_fn(move |context| task.poll(&SITE, body.as_mut(), context)).await
//! ```
//!
//! The body opens the scope by itself when it is polled first, so that its budget may be any expression;
//! the `Task` then takes it from the stack at each `Pending`, and puts it back, on whatever thread, before
//! the next poll. What it keeps of it is on the heap, and there is none of it before the first `Pending`:
//! futures are moved and kept by the thousand.

use core::future::Future;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::base::layout::PARKED;
use crate::base::location::At;
use crate::base::site::{self, Site};
use crate::check::enter::open;
use crate::check::tick::{due, inherit, tick};
use crate::future::left::take_left;
use crate::future::poller::Poller;
use crate::future::quantum;
use crate::future::waiting::Waiting;
use crate::stack::current::{self, force_cold};
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;
use crate::stack::timed::Timed;
use crate::time::epoch::{EPOCH, SLOW_GAP};
use crate::time::seen::Seen;
use crate::time::source;
use crate::trip::tripped::Tripped;
use crate::trip::{boundary, log};

/// What a guarded future keeps of its scope.
#[doc(hidden)]
pub struct Task<X = ()> {
    waiting: Option<Waiting>,
    timed: Timed,
    more: X,
}

// A poll that panicked is the last one; so a future is as unwind safe as it was.
impl<X> UnwindSafe for Task<X> {}
impl<X> RefUnwindSafe for Task<X> {}

/// The pinned body; as unwind safe as that, which a reference would not be.
#[doc(hidden)]
pub struct Body<'f, F>(Pin<&'f mut F>);

impl<F: UnwindSafe> UnwindSafe for Body<'_, F> {}

impl<'f, F: Future> Body<'f, F> {
    /// To be polled by a [`Task`].
    #[inline(always)]
    #[must_use]
    pub fn new(body: Pin<&'f mut F>) -> Self {
        Self(body)
    }

    /// For one poll.
    #[inline(always)]
    pub fn as_mut(&mut self) -> Pin<&mut F> {
        self.0.as_mut()
    }
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
pub struct Extras(Option<Box<Counts>>);

#[derive(Default)]
struct Counts {
    left: u64,
    limit: u64,
    every: u64,
    spent: bool,
}

impl More for Extras {
    fn save(&mut self, stack: &Frame, index: u32) {
        let counts = self.0.get_or_insert_default();
        (counts.spent, counts.left, counts.limit) = stack.0.allowance(index);
        counts.every = source::quantum().every;
    }

    fn restore(&self, stack: &Frame, index: u32) {
        let Some(counts) = &self.0 else { return };
        stack.0.allow(index, counts.limit);
        stack.0.set_left(index, counts.left);
        if counts.spent {
            stack.0.spend(index, counts.limit);
        }
        quantum::begin(counts.every);
    }
}

impl Task {
    /// Of a scope that will have no more than a deadline.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self {
            waiting: None,
            timed: Timed::NOT,
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
            waiting: None,
            timed: Timed::NOT,
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
        self.poll_by(site, context, at, |context| Ok(body.poll(context)))
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
        self.poll_by(site, context, at, |context| {
            boundary::boundary(|| body.poll(context))
        })
    }

    /// The same, where a value that comes after the deadline is a trip as well.
    #[inline]
    pub fn poll_strictly<F: Future>(
        &mut self,
        site: &'static Site,
        body: Pin<&mut F>,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Result<F::Output, Tripped>> {
        self.poll_by(site, context, at, |context| {
            let polled = boundary::boundary(|| body.poll(context))?;
            if polled.is_ready() {
                tick(at)?;
            }
            Ok(polled)
        })
    }

    #[inline(always)]
    fn poll_by<T>(
        &mut self,
        site: &'static Site,
        context: &mut Context<'_>,
        at: &At,
        poll: impl FnOnce(&mut Context<'_>) -> Result<Poll<T>, Tripped>,
    ) -> Poll<Result<T, Tripped>> {
        let poller = self.resume(site);
        let poll = match poll(context) {
            Ok(Poll::Ready(value)) => {
                if site::is_heard() {
                    poller.tell_late();
                }
                Poll::Ready(Ok(value))
            }
            Ok(Poll::Pending) => self.suspend(&poller, site, context, at).map(Err),
            Err(tripped) => Poll::Ready(Err(tripped)),
        };
        if poll.is_ready() {
            Timed::polled().end(poller.scope().place().0, || site.id());
        }
        poll
    }

    #[inline]
    pub(super) fn resume(&self, site: &'static Site) -> Poller {
        let poller = Poller::new(core::ptr::from_ref(self).addr(), self.timed);
        let (stack, index) = poller.scope().place();
        if let Some(waiting) = &self.waiting {
            let site = site.register();
            let saved = waiting.run(|saved| stack.resume(site, saved));
            self.more.restore(&Frame(stack), index);
            if waiting.has_fired() {
                force_cold();
            } else {
                look_if_near(&saved);
            }
        }
        poller
    }

    /// Whether it has waited, so that it keeps its scope.
    #[cfg(feature = "tower")]
    #[inline]
    pub(super) fn has_waited(&self) -> bool {
        self.waiting.is_some()
    }

    /// Takes the scope from the stack, for the task to be woken at its deadline; the trip if that
    /// has passed.
    pub(super) fn suspend(
        &mut self,
        poller: &Poller,
        site: &'static Site,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Tripped> {
        let poll = self.wait(poller, site, context, at);
        if let Poll::Ready(tripped) = &poll {
            log::set_left(source::task(), tripped);
        }
        poll
    }

    fn wait(
        &mut self,
        poller: &Poller,
        site: &'static Site,
        context: &mut Context<'_>,
        at: &At,
    ) -> Poll<Tripped> {
        if let Some(tripped) = take_left() {
            return Poll::Ready(tripped);
        }
        let (stack, index) = poller.scope().place();
        if stack.depth() == index {
            return Poll::Pending; // it waits for its own budget
        }
        if due(inherit()) {
            if let Err(tripped) = tick(at) {
                return Poll::Ready(tripped);
            }
        }
        #[cfg(feature = "tokio")]
        if self.waiting.is_none() {
            crate::future::timer::start(stack, index);
        }
        self.timed = Timed::polled();
        let earliest = stack.earliest(&EPOCH).due;
        let saved = stack.save(index).settled(&EPOCH);
        self.more.save(&Frame(stack), index);
        let leave = || stack.set_depth(index);
        match &mut self.waiting {
            Some(waiting) => waiting.until(saved, earliest, context, leave),
            none => *none = Some(Waiting::new(site, saved, earliest, context, leave)),
        }
        Poll::Pending
    }
}

/// What is due before the next tick, nobody may have asked a tick for: the checks of this thread then have to look. They
/// will anyway if the word has changed.
#[inline]
pub(super) fn look_if_near(saved: &Saved) {
    let word = EPOCH.load();
    let (due, settled) = saved.deadline(&EPOCH);
    if !settled || word & PARKED != 0 || due <= word.saturating_add(SLOW_GAP) {
        force_cold();
    }
}

/// Polls the body of a function without a scope, in which trips may unwind.
#[doc(hidden)]
#[inline]
pub fn poll_caught<F: Future>(
    body: Pin<&mut F>,
    context: &mut Context<'_>,
) -> Poll<Result<F::Output, Tripped>> {
    match boundary::boundary(|| body.poll(context)) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => match take_left() {
            Some(tripped) => Poll::Ready(Err(tripped)),
            None => Poll::Pending,
        },
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

/// Has the scope that was just opened yield every so many nanoseconds.
#[doc(hidden)]
pub fn take_turns(every: u64) {
    quantum::begin(every);
    force_cold();
}

/// Lets other tasks run, if this one has been running for as long as its turn may be.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn turn() -> Turn {
    Turn { yielded: false }
}

/// See [`turn`].
#[doc(hidden)]
pub struct Turn {
    yielded: bool,
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded || !quantum::is_over() {
            return Poll::Ready(());
        }
        self.yielded = true;
        // Tokio wakes a task that yields once others had their turn, and at once elsewhere.
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return core::pin::pin!(tokio::task::yield_now()).poll(context);
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
