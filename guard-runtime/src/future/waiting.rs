//! The alarm of a scope that waits. From its first `Pending` until it is left, it has an entry in the lists of
//! [`alarms`]. The ticker fires its alarm; in a single-threaded tokio runtime, a timer of that runtime does
//! (`timer.rs` says why).

use std::sync::Mutex;
use std::task::Context;

use crate::alarm::alarms::{self, Shard, rounded};
use crate::alarm::list::{List, NEVER, NONE};
#[cfg(feature = "testing")]
use crate::alarm::paused;
use crate::base::lock::lock;
use crate::base::site::Site;
use crate::driver;
use crate::future::shared;
#[cfg(feature = "tokio")]
use crate::future::timer::{self, Timer};
use crate::stack::frame::Saved;
use crate::stack::frames::Stack;
#[cfg(feature = "testing")]
use crate::time::source;
#[cfg(feature = "tokio")]
use tokio::runtime::Handle;

/// Where a future waits.
pub(crate) struct WaitPlace {
    /// The runtime around it, if its clock can be stopped.
    #[cfg(feature = "tokio")]
    runtime: Option<Handle>,
}

impl WaitPlace {
    #[inline]
    pub(crate) fn here() -> Self {
        Self {
            #[cfg(feature = "tokio")]
            runtime: timer::runtime(),
        }
    }

    /// The scope at `index` waits for the first time.
    #[inline]
    #[cfg_attr(
        not(feature = "tokio"),
        allow(
            unused_variables,
            clippy::unused_self,
            reason = "there is but one clock"
        )
    )]
    pub(crate) fn start(&self, stack: &Stack, index: u32) {
        #[cfg(feature = "tokio")]
        if self.runtime.is_some() {
            timer::start(stack, index);
        }
    }
}

/// Where the scope is. One byte, and first what waits: so each await of a body asks with a single comparison.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum State {
    Waits,
    /// It waits, and others hold on to it.
    WaitsShared,
    OnStack,
}

/// A scope's entry in a list.
pub(crate) struct Waiting {
    index: u32,
    shard: Shard,
    /// The list stores as well, under its lock, whether it is on a stack.
    state: State,
    #[cfg(feature = "tokio")]
    timer: Option<Timer>,
}

impl Waiting {
    /// The scope begins to wait, and `leave` takes it from the stack. The task is woken once `due` has passed, or
    /// very soon after.
    pub(crate) fn new(
        site: &'static Site,
        saved: Saved,
        due: u64,
        place: &WaitPlace,
        context: &mut Context<'_>,
        leave: impl FnOnce(),
    ) -> Self {
        let mut this = Self {
            index: NONE,
            shard: alarms::own_shard(),
            state: State::Waits,
            #[cfg(feature = "tokio")]
            timer: None,
        };
        let at = this.alarm(due, place, context);
        // Cloned outside the lock: a waker is code of an executor.
        let waker = (at != NEVER).then(|| context.waker().clone());
        let mut list = lock(this.list());
        this.index = list.add(site, saved);
        leave();
        if let Some(waker) = waker {
            list.set(this.index, at, waker);
            drop(list);
            ask(at);
        }
        this
    }

    fn list(&self) -> &'static Mutex<List> {
        alarms::list(self.shard)
    }

    /// Puts the scope on the stack of a thread, where `open` opens it as it was saved. Tells also whether others hold on
    /// to it.
    #[inline]
    pub(crate) fn run(&mut self, open: impl FnOnce(&'static Site, &Saved)) -> (Saved, bool) {
        let is_shared = self.state == State::WaitsShared;
        self.state = State::OnStack;
        let mut list = lock(self.list());
        let waiter = list.poll(self.index);
        if let Some(site) = waiter.site {
            open(site, &waiter.saved);
        }
        (waiter.saved, is_shared)
    }

    /// Others hold on to it by this mark.
    #[cold]
    pub(super) fn share(&mut self, number: u64) {
        self.state = State::WaitsShared;
        shared::suspend((self.shard, self.index), number);
    }

    /// It is at `index` of this thread's `stack` now, and others hold on to it.
    #[cold]
    pub(super) fn share_again(&self, stack: &Stack, index: u32) {
        shared::resume((self.shard, self.index), stack, index);
    }

    /// Whether it is on no stack.
    #[inline(always)]
    pub(crate) fn waits(&self) -> bool {
        self.state < State::OnStack
    }

    /// Whether its timer says that the deadline has passed, by the clock of the timer's runtime.
    #[inline]
    #[cfg_attr(
        not(feature = "tokio"),
        allow(clippy::unused_self, reason = "there is but one time")
    )]
    pub(crate) fn has_fired(&self) -> bool {
        #[cfg(feature = "tokio")]
        return (self.timer.as_ref()).is_some_and(Timer::has_fired);
        #[cfg(not(feature = "tokio"))]
        return false;
    }

    /// The scope waits again, and `leave` takes it from the stack.
    pub(crate) fn until(
        &mut self,
        saved: Saved,
        due: u64,
        place: &WaitPlace,
        context: &mut Context<'_>,
        leave: impl FnOnce(),
    ) {
        self.state = State::Waits;
        let at = self.alarm(due, place, context);
        let mut list = lock(self.list());
        leave();
        let waiter = list.waiter(self.index);
        (waiter.running, waiter.saved) = (false, saved);
        let same = at == NEVER || waiter.has(at, context.waker());
        drop(list);
        if !same {
            // Both happen outside the lock: cloning is code of an executor, and the old waker may be the last
            // reference to a task.
            let waker = context.waker().clone();
            let before = lock(self.list()).set(self.index, at, waker);
            drop(before);
        }
        if at != NEVER {
            ask(at);
        }
    }

    /// The time of the alarm that the ticker has to fire.
    #[cfg_attr(
        not(feature = "tokio"),
        allow(unused_variables, reason = "there is but one time")
    )]
    #[cfg_attr(
        not(feature = "tokio"),
        allow(clippy::unused_self, reason = "there is but one timer")
    )]
    fn alarm(&mut self, due: u64, place: &WaitPlace, context: &mut Context<'_>) -> u64 {
        // A clock paused by `testing::pause` belongs to the thread, whatever runtime the thread works for.
        #[cfg(feature = "testing")]
        if source::paused_at().is_some() {
            paused::wake_after(due, context.waker());
            return NEVER;
        }
        #[cfg(feature = "tokio")]
        if Timer::set(&mut self.timer, due, place.runtime.as_ref(), context) {
            return NEVER;
        }
        rounded(due)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.index == NONE {
            return; // It was about to get a timer, and could not.
        }
        if self.state == State::WaitsShared {
            shared::end_waiting((self.shard, self.index));
        }
        let waker = lock(self.list()).remove(self.index);
        // Dropped outside the lock: see `until`.
        drop(waker);
    }
}

/// Asks for a tick. If there is no ticker, nobody can be woken, and the next poll asks again.
fn ask(at: u64) {
    let _: bool = driver::request(at);
}
