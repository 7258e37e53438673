//! The cleanup of a guarded future that is itself a future. It is awaited where the function is left or, if the
//! guarded future is dropped, spawned.
//!
//! ```text
//! let cleanup = cleanup_async(own, within, move |left| async move { let exit = &left.exit(); .. });
//! let outcome = poll_fn(|context| until_panic(|| poll the body)).await;
//! let outcome = cleanup.finish(outcome).await;
//! ```
//!
//! **Exactly once.** A poll takes the cleanup out of its place first, and puts it back if it is pending: if the
//! poll panics, none is left there. A drop takes it out for good.
//!
//! Each poll runs behind a wall without a limit. The cleanup's budget is a scope right above that wall, which is
//! kept between two polls like that of any guarded future.

use core::future::{Future, poll_fn};
use core::mem;
use core::panic::Location as Caller;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, ready};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use crate::base::location::{At, Location};
use crate::base::site::Site;
use crate::check::account::Account;
use crate::cleanup::deferred::{Exit, WITHIN, pass_on};
use crate::future::polled::{Task, begin};
use crate::stack::wall::{Wall, WallKind};
use crate::stack::{current, deadline};
use crate::time::clock;
use crate::trip::event::Event;
use crate::trip::hook;
use crate::trip::tripped::{Cause, Tripped};
use crate::trip::{boundary, log};

/// Why the function was left: an [`Exit`] that owns what it refers to.
#[doc(hidden)]
pub struct Left(Result<Exit<'static>, Tripped>);

impl Left {
    /// What the cleanup is told.
    #[must_use]
    pub fn exit(&self) -> Exit<'_> {
        match &self.0 {
            Ok(exit) => *exit,
            Err(tripped) => Exit::Tripped(tripped),
        }
    }
}

// A spawned value has to be `Send`. These mutexes are never locked; they make the guarded future as `Sync` and as
// unwind safe as it would be without a cleanup.
type Body = Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>;

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// A panic of the body, which is resumed after the cleanup.
#[doc(hidden)]
pub struct Panic(Mutex<Box<dyn Any + Send>>);

/// Polls the body; a panic is caught, to be resumed once the cleanup has run.
#[doc(hidden)]
#[inline]
#[allow(clippy::missing_errors_doc, reason = "described above")]
pub fn until_panic<T>(poll: impl FnOnce() -> Poll<T>) -> Poll<Result<T, Panic>> {
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(poll) => poll.map(Ok),
        Err(payload) => Poll::Ready(Err(Panic(Mutex::new(payload)))),
    }
}

/// Where the cleanup was written, and how long it may take.
#[derive(Clone, Copy)]
struct Placed {
    place: &'static Caller<'static>,
    within: u64,
}

impl Placed {
    /// Reports that the cleanup overran its limit by `late` nanoseconds.
    fn tell_overrun(self, late: u64) {
        let elapsed = self.within.saturating_add(late);
        hook::overran("cleanup", Location::of(self.place), self.within, elapsed);
    }

    fn tell_lost(self) {
        hook::report(&Event::CleanupLost {
            location: Location::of(self.place),
        });
    }
}

/// A cleanup that has begun.
struct Running {
    place: Placed,
    task: Task,
    body: Body,
    /// The account of the function's scope, if the function's own frame does not keep it any longer.
    _account: Option<Arc<Account>>,
}

impl Running {
    fn new(place: Placed, cleanup: impl Future<Output = ()> + Send + 'static) -> Self {
        let site = Site::named("cleanup", Location::of(place.place));
        let body = async move {
            let _ = begin(site, place.within);
            let mut cleanup = pin!(cleanup);
            poll_fn(|context| place.poll(cleanup.as_mut(), context)).await;
        };
        Self {
            place,
            task: Task::new(),
            body: Mutex::new(Box::pin(body)),
            _account: None,
        }
    }

    /// Polls behind a wall, until the cleanup's own budget is spent.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let _wall = Wall::open_exact(WallKind::Root, u64::MAX, self.place.place);
        let at = {
            let place = self.place.place;
            At::new("cleanup", place.file(), place.line(), place.column())
        };
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let outcome = ready!(self.task.poll(Pin::new(body), context, &at));
        if let Err(tripped) = outcome {
            // A cleanup whose budget is spent is dropped here, behind the wall.
            *body = Box::pin(async {});
            if let Cause::Timeout { limit, elapsed } = tripped.cause() {
                self.place
                    .tell_overrun(clock::nanos(elapsed.saturating_sub(limit)));
            }
        }
        Poll::Ready(())
    }
}

impl Placed {
    /// Polls the cleanup in its own scope, and catches that scope's trips.
    fn poll(self, cleanup: Pin<&mut impl Future<Output = ()>>, cx: &mut Context<'_>) -> Poll<()> {
        let outcome = boundary::boundary(|| cleanup.poll(cx));
        if let Ok(Poll::Pending) = outcome {
            return Poll::Pending;
        }
        if let Some(late) = deadline::late() {
            self.tell_overrun(late);
        }
        if let Err(tripped) = outcome {
            pass_on(tripped, self.place);
        }
        Poll::Ready(())
    }
}

/// The cleanup of a guarded future, until it has run.
#[doc(hidden)]
#[must_use]
pub struct Cleanup<'b, F> {
    rest: Rest<F>,
    // A pointer instead of a bound on `F`: if the bound does not hold, rustc would report it twice.
    start: fn(F, Placed, Left) -> Running,
    place: Placed,
    /// How many frames the function has of its own, as in `Deferred`.
    own: u32,
    mark: u64,
    /// The account of the function's scope once that has opened, if its budget has one.
    account: Option<&'b OnceLock<Arc<Account>>>,
}

enum Rest<F> {
    All(Mutex<F>),
    Begun(Running),
    Nothing,
}

/// Makes the cleanup. Has to be called before the first poll of the body.
#[doc(hidden)]
#[track_caller]
pub fn cleanup_async<F, Fut>(own: bool, within: Option<u64>, run: F) -> Cleanup<'static, F>
where
    F: FnOnce(Left) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    Cleanup {
        rest: Rest::All(Mutex::new(run)),
        start: |run, place, left| Running::new(place, run(left)),
        place: Placed {
            place: Caller::caller(),
            within: within.unwrap_or(WITHIN),
        },
        own: u32::from(own),
        mark: log::count(),
        account: None,
    }
}

impl<'b, F> Cleanup<'b, F> {
    /// Keeps this account open until the cleanup has run: also where it is spawned, which outlives the function.
    pub(crate) fn keeping(mut self, account: &'b OnceLock<Arc<Account>>) -> Self {
        self.account = Some(account);
        self
    }

    /// If the future is an entry point, its scope has a wall below it.
    pub fn below_root(mut self, is_root: bool) -> Self {
        self.own += u32::from(is_root);
        self
    }

    /// The body has finished; the result finishes the function, once the cleanup has run.
    pub fn finish<T>(self, outcome: Result<T, Panic>) -> Finish<'b, F, T> {
        Finish {
            cleanup: self,
            outcome: Some(outcome),
        }
    }

    /// Why the body was left. Has to be called right after its last poll.
    fn why(&self, panic: Option<&Panic>) -> Left {
        let bound = current::depth() + self.own;
        let flying = || {
            let payload = panic?.0.lock().unwrap_or_else(PoisonError::into_inner);
            boundary::flying(&**payload)
        };
        Left(match log::since(self.mark, bound).or_else(flying) {
            Some(tripped) => Err(tripped),
            None if panic.is_some() => Ok(Exit::Panicked),
            None => Ok(Exit::Returned),
        })
    }
}

impl<F> Drop for Cleanup<'_, F> {
    fn drop(&mut self) {
        let account = || self.account.and_then(OnceLock::get).map(Arc::clone);
        let kept = |running| Running {
            _account: account(),
            ..running
        };
        match mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Nothing => {}
            Rest::All(run) => spawn(self.place, || {
                let left = Left(Ok(Exit::Dropped));
                kept((self.start)(into_inner(run), self.place, left))
            }),
            Rest::Begun(running) => spawn(self.place, || kept(running)),
        }
    }
}

/// Polls the cleanup, then completes with the body's outcome.
#[doc(hidden)]
#[must_use]
pub struct Finish<'b, F, T> {
    cleanup: Cleanup<'b, F>,
    outcome: Option<Result<T, Panic>>,
}

// No field is pinned in place.
impl<F, T> Unpin for Finish<'_, F, T> {}

impl<F, T> Future for Finish<'_, F, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        let panic = this.outcome.as_ref().and_then(|it| it.as_ref().err());
        let unwinds = panic.is_some() || thread::panicking();
        let mut running = match mem::replace(&mut this.cleanup.rest, Rest::Nothing) {
            Rest::All(run) => {
                let left = this.cleanup.why(panic);
                if panic.is_some() {
                    // The panic is not in flight until it is resumed, perhaps on another thread.
                    log::stop_flying();
                }
                (this.cleanup.start)(into_inner(run), this.cleanup.place, left)
            }
            Rest::Begun(running) => running,
            Rest::Nothing => unreachable!("polled after its end"),
        };
        let polled = if unwinds {
            running.poll_quietly(context)
        } else {
            running.poll(context)
        };
        if polled.is_pending() {
            this.cleanup.rest = Rest::Begun(running);
            return Poll::Pending;
        }
        drop(running);
        match this.outcome.take() {
            Some(Ok(value)) => Poll::Ready(value),
            Some(Err(panic)) => boundary::resume(into_inner(panic.0)),
            None => unreachable!("polled after its end"),
        }
    }
}

impl Running {
    /// Polls the cleanup and reports a panic instead of passing it on: another panic is already unwinding, or there
    /// is no caller to receive it.
    fn poll_quietly(&mut self, context: &mut Context<'_>) -> Poll<()> {
        catch_unwind(AssertUnwindSafe(|| self.poll(context))).unwrap_or_else(|payload| {
            hook::cleanup_panicked(Location::of(self.place.place), payload);
            Poll::Ready(())
        })
    }
}

/// Spawns the rest of a cleanup on the current runtime, or reports that it is lost.
fn spawn(place: Placed, start: impl FnOnce() -> Running) {
    #[cfg(feature = "tokio")]
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        // A runtime that is shutting down drops it immediately.
        drop(runtime.spawn(Spawned(Some(start()))));
        return;
    }
    drop(start);
    place.tell_lost();
}

/// A cleanup whose function is gone.
#[cfg(feature = "tokio")]
struct Spawned(Option<Running>);

#[cfg(feature = "tokio")]
impl Future for Spawned {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(running) = &mut self.0 {
            ready!(running.poll_quietly(context));
        }
        self.0 = None;
        Poll::Ready(())
    }
}

#[cfg(feature = "tokio")]
impl Drop for Spawned {
    fn drop(&mut self) {
        if let Some(running) = self.0.take() {
            let place = running.place;
            drop(running);
            place.tell_lost();
        }
    }
}
