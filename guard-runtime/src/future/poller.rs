//! One poll of a guarded future.

#[cfg(feature = "tokio")]
use core::panic::Location as Caller;

#[cfg(feature = "tokio")]
use crate::stack::current;
use crate::stack::scope::Base;
use crate::stack::timed::Timed;
#[cfg(feature = "tokio")]
use crate::stack::wall::{Kind, Wall};
use crate::time::source::{self, Polling};
#[cfg(feature = "tokio")]
use crate::time::tokio_clock;
use crate::trip::{hook, late, log};

/// Around one poll of a guarded future. Whatever comes of it, the stack is left as it was.
pub(crate) struct Poller {
    scope: Base,
    before: Polling,
    /// Of the future around it.
    timed: Timed,
    /// Hides the scopes of a function that blocks on the runtime whose task this is. Left after the scope.
    #[cfg(feature = "tokio")]
    _wall: Option<Wall>,
}

impl Poller {
    #[inline]
    #[track_caller]
    pub(crate) fn new(task: usize, timed: Timed) -> Self {
        #[cfg(feature = "tokio")]
        let wall = is_a_strangers().then(|| {
            let caller = Caller::caller();
            Wall::open_exact(Kind::Root, u64::MAX, caller)
        });
        let scope = Base::new();
        let (_, depth) = scope.place();
        // What was noted for this depth, another future has tripped over.
        log::forget(depth, task);
        if !source::is_polling() {
            scope.place().0.witness.begin_poll();
        }
        Self {
            scope,
            before: source::begin_poll(depth, task, is_outside),
            timed: timed.poll(),
            #[cfg(feature = "tokio")]
            _wall: wall,
        }
    }

    /// The future has its result: tells that it is late, if it is.
    #[cold]
    #[inline(never)]
    pub(crate) fn tell_late(&self) {
        let (stack, index) = self.scope.place();
        if stack.depth() <= index {
            return; // it waited for its own budget, or its scope tripped at its entry
        }
        if let Some(event) = late::late(stack, index) {
            hook::report(&event);
        }
    }

    #[inline]
    pub(crate) fn scope(&self) -> &Base {
        &self.scope
    }
}

impl Drop for Poller {
    #[inline]
    fn drop(&mut self) {
        source::end_poll(&self.before);
        self.timed.hand_over();
    }
}

/// Whether the open scopes are none of the future's: no guarded future is polled yet, and a task of a runtime is
/// polled by a thread that blocks on it.
#[cfg(feature = "tokio")]
#[inline]
fn is_a_strangers() -> bool {
    !source::is_polling() && current::depth() != 0 && tokio_clock::is_task_of_one_thread()
}

/// Whether there is no tokio runtime around, as far as this build knows.
#[inline]
fn is_outside() -> bool {
    #[cfg(feature = "tokio")]
    return tokio_clock::is_outside();
    #[cfg(not(feature = "tokio"))]
    true
}
