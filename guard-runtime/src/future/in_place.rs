//! The scope of a guarded future whose body stays where it was written.
//!
//! The body is not a future of its own inside the function's, so the future keeps its captures and its `Send`, and
//! nests as deep as an unguarded one. Each of its awaits goes through the scope:
//!
//! ```text
//! let mut scope = InPlace::new();
//! let seen = scope.begin(&SITE, nanos);
//! ...
//! future.await   =>   match into_future(future) { future => {
//!     let awaited = scope.awaits(pin!(future)).await;
//!     match awaited { Ok(value) => value, Err(tripped) => return leave }
//! } }
//! ```
//!
//! The scope is open from `begin` to the end of that poll. A pending await takes it from the stack, the next poll
//! of that await puts it back, and leaving the function drops it. So nothing else in the body may suspend the
//! future; the macro chooses this form only if it can see that.

use core::future::Future;
use core::marker::PhantomData;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::thread;

use crate::base::location::At;
use crate::base::site::{self, Site};
use crate::check::root::Root;
use crate::check::tick::{due, inherit, tick};
use crate::future::kept::{Extras, Kept, More, OnStack};
use crate::future::polled;
use crate::future::poller::{Poller, open_polls};
use crate::stack::frames::Stack;
use crate::time::seen::Seen;
use crate::time::source;
use crate::trip::boundary::boundary;
use crate::trip::tripped::Tripped;

/// The scope, stored in the future itself. `ROOT`: nothing around it counts while it is polled, whatever [`More`] says.
#[doc(hidden)]
pub struct InPlace<X: More = (), const ROOT: bool = false>(Kept<X>);

// A future is not polled again after a poll that panicked, so the scope does not make it less unwind safe.
impl<X: More + UnwindSafe, const ROOT: bool> UnwindSafe for InPlace<X, ROOT> {}
impl<X: More + RefUnwindSafe, const ROOT: bool> RefUnwindSafe for InPlace<X, ROOT> {}

impl InPlace {
    /// For a scope that has nothing but a deadline.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(Kept::new(()))
    }
}

impl InPlace<Extras> {
    /// For a scope that counts iterations.
    #[inline(always)]
    #[must_use]
    pub const fn with_extras() -> Self {
        Self(Kept::new(Extras::NONE))
    }
}

impl<X: More, const ROOT: bool> InPlace<X, ROOT> {
    /// For a scope that has more than that.
    #[inline(always)]
    #[must_use]
    pub const fn with(more: X) -> Self {
        Self(Kept::new(more))
    }
}

impl<X: More, const ROOT: bool> InPlace<X, ROOT> {
    /// Identifies the future while it is polled, since it does not move then.
    #[inline]
    fn task(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    #[inline]
    fn begin_poll(&self) -> (&'static Stack, u32) {
        if ROOT || self.0.more.is_root() {
            open_polls::begin::<true>(self.task())
        } else {
            open_polls::begin::<false>(self.task())
        }
    }

    /// Returns the wall of an entry point, which stands until it is dropped.
    #[inline]
    fn end_poll(&self, last: impl FnOnce(Poller)) -> Option<Root> {
        if ROOT || self.0.more.is_root() {
            open_polls::end::<true>(last)
        } else {
            open_polls::end::<false>(last)
        }
    }

    /// Opens the scope at the first poll, with a budget of `limit` nanoseconds.
    ///
    /// A stale result asks for a check at once.
    #[inline]
    #[must_use]
    pub fn begin(&mut self, site: &'static Site, limit: u64) -> Seen {
        self.begin_poll();
        polled::begin(site, limit)
    }

    /// Begins to spend the budgets that the frame does not store.
    ///
    /// # Errors
    ///
    /// The trip, if one of them is spent already.
    #[inline]
    pub fn spend(&mut self) -> Result<(), Tripped> {
        match open_polls::place(self.task()) {
            Some((stack, index)) => self.0.more.begins(&OnStack(stack, index)),
            None => Ok(()),
        }
    }

    /// Polls `future` in the scope, which must be open.
    #[inline(always)]
    pub fn awaits<'s, F>(&'s mut self, future: Pin<&'s mut F>) -> Awaited<'s, F, X, ROOT, false> {
        let scope = self;
        Awaited { scope, future }
    }

    /// The same; a trip that unwinds out of the future is the result.
    #[inline(always)]
    pub fn awaits_caught<'s, F>(
        &'s mut self,
        future: Pin<&'s mut F>,
    ) -> Awaited<'s, F, X, ROOT, true> {
        let scope = self;
        Awaited { scope, future }
    }
}

impl<X: More, const ROOT: bool> InPlace<X, ROOT> {
    /// Puts the scope back on the stack of this thread.
    #[cold]
    #[inline(never)]
    fn resume(&mut self) -> OnStack {
        let (stack, index) = self.begin_poll();
        self.0.resume(stack, index);
        OnStack(stack, index)
    }

    /// The trip, if the deadline has passed; otherwise takes the scope from the stack.
    #[cold]
    #[inline(never)]
    fn suspend(&mut self, context: &mut Context<'_>) -> Poll<Tripped> {
        let Some((stack, index)) = open_polls::place(self.task()) else {
            return Poll::Pending;
        };
        let scope = OnStack(stack, index);
        if let Err(tripped) = self.0.more.waits(&scope, context) {
            return Poll::Ready(tripped);
        }
        if scope.is_open() {
            if due(inherit()) {
                let site = Site::by_id(stack.frame(index).site());
                if let Err(tripped) = tick(&At::of("async fn", site.location())) {
                    return Poll::Ready(tripped);
                }
            }
            self.0.suspend(stack, index, context);
        }
        drop(self.end_poll(drop));
        Poll::Pending
    }
}

impl<X: More, const ROOT: bool> Drop for InPlace<X, ROOT> {
    #[inline]
    fn drop(&mut self) {
        if source::task() != self.task() {
            return self.0.more.ended(false); // It waits.
        }
        self.0.more.ends();
        let _root = self.end_poll(|poller| {
            if !thread::panicking() {
                if site::is_heard() {
                    poller.tell_late();
                }
                poller.tell_time();
            }
        });
        self.0.more.ended(true);
    }
}

/// An await of the body.
#[doc(hidden)]
#[must_use]
pub struct Awaited<'s, F, X: More, const ROOT: bool, const CATCHES: bool> {
    scope: &'s mut InPlace<X, ROOT>,
    future: Pin<&'s mut F>,
}

// As unwind safe as the awaited future itself, which a mutable reference to it would not be.
impl<F: UnwindSafe, X: More, const ROOT: bool, const CATCHES: bool> UnwindSafe
    for Awaited<'_, F, X, ROOT, CATCHES>
{
}
impl<F: RefUnwindSafe, X: More, const ROOT: bool, const CATCHES: bool> RefUnwindSafe
    for Awaited<'_, F, X, ROOT, CATCHES>
{
}

impl<F: Future, X: More, const ROOT: bool, const CATCHES: bool> Future
    for Awaited<'_, F, X, ROOT, CATCHES>
{
    type Output = Result<F::Output, Tripped>;

    // Inlined only in optimised builds: an await that is ready at once is then a few instructions in the body.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.scope.0.waits() {
            let open = this.scope.resume();
            if X::BEGINS {
                if let Err(tripped) = this.scope.0.more.begins(&open) {
                    return Poll::Ready(Err(tripped));
                }
            }
        }
        let mut future = this.future.as_mut();
        let polled = if CATCHES {
            boundary(|| future.as_mut().poll(context))
        } else {
            Ok(future.as_mut().poll(context))
        };
        match polled {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => this.scope.suspend(context).map(Err),
            Err(tripped) => Poll::Ready(Err(tripped)),
        }
    }
}

/// The type of a future. It borrows none, which would keep the future in the one around it a second time.
#[doc(hidden)]
pub struct Same<F>(PhantomData<fn() -> F>);

impl<F: Future> Same<F> {
    /// Of the future that comes.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// Of this one.
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "it tells the type")]
    pub fn of(&self, future: F) -> F {
        future
    }

    /// Only to be awaited where nothing runs.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "never called")]
    pub fn it(&self) -> F {
        unreachable!("never called")
    }
}

/// Takes a future that only the compiler looks at: never called.
#[doc(hidden)]
pub fn unheard<F: Future>(_: F) {}

/// Drops a value of which the compiler is not to say that nobody uses it.
#[doc(hidden)]
#[inline(always)]
pub fn discard<T>(_: T) {}
