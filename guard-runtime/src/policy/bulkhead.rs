//! The bulkhead, which limits how many calls run at once.

use core::cell::RefCell;
use core::fmt;
use core::future::{Future, poll_fn};
use core::panic::Location as Caller;
use core::pin::pin;
use core::ptr;
use core::task::{Context, Poll, Waker};

use crate::policy::around;
#[cfg(feature = "metrics")]
use crate::policy::numbers;
use crate::policy::pause;
use crate::policy::permits::Permits;
use crate::policy::queue::{Asked, Queue};
use crate::policy::refusal::refusal;
use crate::policy::registry::Registered;
use crate::policy::verdict::Own;
use crate::trip::boundary;
use crate::trip::hook;
use crate::trip::policy_event::PolicyEvent;
use crate::trip::tripped::{Cause, Tripped};

/// A bulkhead: a number of permits, one for each call that runs, so that slow calls take no more than their share
/// of the threads.
///
/// Create one for each thing that is called, in a `static`, and share it among all threads. A call that finds no
/// permit waits in the queue, first come, first served, if there is room, and is refused with
/// [`Cause::Full`](crate::Cause::Full) if not. Waiting spends the budget of the scopes around, and ends with it. A
/// permit is returned on every way out: return, trip, panic, a dropped future.
///
/// A call within a call of the same bulkhead, on the same stack, needs no permit of its own; so it cannot wait for
/// itself.
///
/// ```
/// use guard_runtime::Cause;
/// use guard_runtime::policy::Bulkhead;
///
/// static REPORTS: Bulkhead = Bulkhead::new(1);
///
/// let other = REPORTS.run(|| {
///     assert_eq!(REPORTS.available(), 0);
///     REPORTS.run(|| ()).expect("on the same stack");
///     std::thread::spawn(|| REPORTS.run(|| ())).join().unwrap()
/// });
/// assert_eq!(other.unwrap().unwrap_err().cause(), Cause::Full);
/// assert_eq!(REPORTS.available(), 1);
/// ```
pub struct Bulkhead {
    name: &'static str,
    permits: u32,
    waiters: u32,
    counted: Registered<Permits>,
}

thread_local! {
    /// The addresses of the bulkheads of which this stack holds a permit.
    static HELD: RefCell<Vec<*const Bulkhead>> = const { RefCell::new(Vec::new()) };
}

impl Bulkhead {
    /// A bulkhead for this many calls at once, without a queue.
    #[must_use]
    pub const fn new(permits: u32) -> Self {
        Self {
            name: "bulkhead",
            permits,
            waiters: 0,
            counted: Registered::new(),
        }
    }

    /// How many calls may wait; none by default.
    #[must_use]
    pub const fn queue(mut self, waiters: u32) -> Self {
        self.waiters = waiters;
        self
    }

    /// The name that [`Tripped::scope`] reports for a refused call; without it, `bulkhead`.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// How many permits are left; zero also while any call waits.
    #[must_use]
    pub fn available(&self) -> u32 {
        let (held, _) = self.counts();
        self.permits.saturating_sub(held)
    }

    /// How many calls wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let (_, waiting) = self.counts();
        waiting
    }

    /// How many permits are held, and how many calls wait.
    fn counts(&self) -> (u32, usize) {
        let counted = self.counted.get();
        counted.map_or((0, 0), |permits| permits.queue.counts())
    }

    fn permits(&self) -> &Permits {
        self.counted.get_or(|| {
            #[cfg(feature = "metrics")]
            numbers::begin();
            Permits::new(self.name, self.permits)
        })
    }

    /// Calls `f` with a permit. If none is left, blocks the thread until there is one.
    ///
    /// It is also a check, and a boundary for trips like [`Budget::run`](crate::Budget::run).
    ///
    /// # Errors
    ///
    /// [`Cause::Full`](crate::Cause::Full) if there was neither a permit nor room in the queue; the trip of a
    /// budget around, also while it waits; the trip of a check in `f` whose function had no place for an error.
    #[track_caller]
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> Result<R, Tripped> {
        self.call(Own::Inside, Caller::caller(), || boundary::boundary(f))
    }

    /// A future that polls `future` with a permit, for which it waits at its first poll.
    ///
    /// # Errors
    ///
    /// As for [`run`](Self::run).
    #[track_caller]
    pub fn wrap<F: Future>(
        &self,
        future: F,
    ) -> impl Future<Output = Result<F::Output, Tripped>> + use<'_, F> {
        let caller = Caller::caller();
        async move {
            // Dropped after the future, so that the permit is returned once the future is gone.
            let mut claim = Claim::new(self, Own::Inside, caller);
            let mut future = pin!(future);
            let poll =
                |context: &mut Context<'_>| boundary::polled(|| future.as_mut().poll(context));
            claim.calls(poll).await
        }
    }

    /// Makes a call in which trips have already been caught.
    pub(super) fn call<R>(
        &self,
        own: Own,
        caller: &'static Caller<'static>,
        f: impl FnOnce() -> Result<R, Tripped>,
    ) -> Result<R, Tripped> {
        let mut claim = Claim::new(self, own, caller);
        claim.ask()?;
        pause::until_woken("bulkhead", caller, |waker| claim.is_granted(waker))?;
        let _held = Held::new(self);
        f()
    }
}

impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulkhead")
            .field("name", &self.name)
            .field("available", &self.available())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

/// What a call has of the bulkhead: a permit, or a place in the queue. Dropping it returns either.
pub(super) struct Claim<'b> {
    bulkhead: &'b Bulkhead,
    queue: &'b Queue,
    own: Own,
    caller: &'static Caller<'static>,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Nothing,
    /// The call is part of another one that has a permit.
    NeedsNone,
    Number(u64),
    Permit,
}

impl<'b> Claim<'b> {
    pub(super) fn new(bulkhead: &'b Bulkhead, own: Own, caller: &'static Caller<'static>) -> Self {
        Self {
            bulkhead,
            queue: &bulkhead.permits().queue,
            own,
            caller,
            what: What::Nothing,
        }
    }

    /// Polls a call once it has a permit; `poll` polls it once.
    pub(super) async fn calls<R>(
        &mut self,
        mut poll: impl FnMut(&mut Context<'_>) -> Poll<Result<R, Tripped>>,
    ) -> Result<R, Tripped> {
        poll_fn(|context| {
            if self.what == What::Nothing {
                self.ask()?;
            } else {
                self.check()?;
            }
            if !self.is_granted(context.waker()) {
                return Poll::Pending;
            }
            let _held = Held::new(self.bulkhead);
            poll(context)
        })
        .await
    }

    /// Makes a check, unless the call has its permit already: then what runs with it makes the checks.
    fn check(&self) -> Result<(), Tripped> {
        if self.what == What::Permit {
            return Ok(());
        }
        around::check("bulkhead", self.caller)
    }

    fn ask(&mut self) -> Result<(), Tripped> {
        self.check()?;
        let Bulkhead {
            name,
            permits,
            waiters,
            ..
        } = self.bulkhead;
        self.what = if Held::is_held(self.bulkhead) {
            What::NeedsNone
        } else {
            match self.queue.ask(*permits, *waiters) {
                Asked::Permit => What::Permit,
                Asked::Waits(number) => {
                    self.what = What::Number(number);
                    let waiting = self.bulkhead.waiting();
                    hook::policy(PolicyEvent::Queued { name, waiting });
                    What::Number(number)
                }
                Asked::Full => {
                    return Err(refusal(
                        (name, "bulkhead"),
                        self.own,
                        self.caller,
                        Cause::Full,
                    ));
                }
            }
        };
        Ok(())
    }

    fn is_granted(&mut self, waker: &Waker) -> bool {
        if let What::Number(number) = self.what {
            if !self.queue.is_granted(number, waker) {
                return false;
            }
            self.what = What::Permit;
        }
        true
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        match self.what {
            What::Nothing | What::NeedsNone => {}
            What::Number(number) => self.queue.leave(number),
            What::Permit => self.queue.give_back(),
        }
    }
}

/// Marks that the stack holds a permit, until it is dropped.
struct Held;

impl Held {
    fn new(bulkhead: &Bulkhead) -> Self {
        Self::with(|held| held.push(ptr::from_ref(bulkhead)));
        Self
    }

    fn is_held(bulkhead: &Bulkhead) -> bool {
        Self::with(|held| held.contains(&ptr::from_ref(bulkhead))).unwrap_or(false)
    }

    /// Returns `None` while the thread exits.
    fn with<T>(f: impl FnOnce(&mut Vec<*const Bulkhead>) -> T) -> Option<T> {
        HELD.try_with(|held| f(&mut held.borrow_mut())).ok()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        Self::with(Vec::pop);
    }
}
