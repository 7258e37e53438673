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

    /// The future has its result, or has tripped: its time is told, if that was asked for.
    #[inline(always)]
    pub(crate) fn tell_time(&self) {
        let (stack, index) = self.scope.place();
        Timed::polled().end(stack, || stack.frame(index).site());
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

/// The polls of futures that open their scope in one call and close it in another. They nest: the last one that
/// began ends first.
pub(super) mod open_polls {
    use core::cell::RefCell;
    use core::mem::ManuallyDrop;

    use crate::future::poller::Poller;
    use crate::stack::frames::Stack;
    use crate::stack::timed::Timed;
    use crate::time::source;

    thread_local! {
        // Without a destructor, so that futures can be polled while the thread exits; `Clear` frees it.
        static OPEN: ManuallyDrop<RefCell<Vec<Poller>>> =
            const { ManuallyDrop::new(RefCell::new(Vec::new())) };
        static CLEAR: Clear = const { Clear };
    }

    struct Clear;

    impl Drop for Clear {
        fn drop(&mut self) {
            let before = OPEN.with(|open| open.take());
            drop(before);
        }
    }

    /// A poll of the future `task` begins. Returns the place of its scope.
    pub(in crate::future) fn begin(task: usize, timed: Timed) -> (&'static Stack, u32) {
        // It has run already if this is a destructor of a thread-local.
        let _ = CLEAR.try_with(|_| ());
        let poller = Poller::new(task, timed);
        let place = poller.scope().place();
        OPEN.with(|open| open.borrow_mut().push(poller));
        place
    }

    /// The place of its scope, if that poll is the innermost one of this thread.
    pub(in crate::future) fn place(task: usize) -> Option<(&'static Stack, u32)> {
        if source::task() != task {
            return None;
        }
        OPEN.with(|open| open.borrow().last().map(|poller| poller.scope().place()))
    }

    /// The innermost poll ends.
    pub(in crate::future) fn end() -> Option<Poller> {
        OPEN.with(|open| open.borrow_mut().pop())
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
