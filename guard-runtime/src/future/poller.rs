//! One poll of a guarded future.

#[cfg(feature = "tokio")]
use core::panic::Location as Caller;

use crate::future::shared;
#[cfg(feature = "tokio")]
use crate::stack::current;
use crate::stack::scope::Base;
#[cfg(feature = "tokio")]
use crate::stack::wall::{Wall, WallKind};
use crate::time::source::{self, Around, Polling};
#[cfg(feature = "tokio")]
use crate::time::tokio_clock;
use crate::trip::{hook, late, log};

/// Surrounds one poll of a guarded future, and restores the stack whatever comes of the poll.
pub(crate) struct Poller {
    scope: Base,
    before: Polling,
    /// Hides the scopes of a function that blocks on the runtime to which this task belongs. Left after the scope.
    #[cfg(feature = "tokio")]
    _wall: Option<Wall>,
}

impl Poller {
    #[inline]
    #[track_caller]
    pub(crate) fn new(task: usize) -> Self {
        #[cfg(feature = "tokio")]
        let wall = is_a_strangers().then(|| {
            let caller = Caller::caller();
            Wall::open_exact(WallKind::Root, u64::MAX, caller)
        });
        let scope = Base::new();
        let (_, depth) = scope.place();
        // A trip noted for this depth was another future's.
        log::forget(depth, task);
        if !source::is_polling() {
            scope.place().0.witness.begin_poll();
        }
        Self {
            scope,
            before: source::begin_poll(depth, task, around),
            #[cfg(feature = "tokio")]
            _wall: wall,
        }
    }

    /// The future has its result: reports it if it is late.
    #[cold]
    #[inline(never)]
    pub(crate) fn tell_late(&self) {
        let (stack, index) = self.scope.place();
        if stack.depth() <= index {
            return; // It waited for its own budget, or its scope tripped at its entry.
        }
        if let Some(event) = late::late(stack, index) {
            hook::report(&event);
        }
    }

    /// The future has its result, or has tripped: reports the time it took, if it is timed.
    #[inline(always)]
    pub(crate) fn tell_time(&self) {
        let (stack, index) = self.scope.place();
        // One that tripped at its entry has left the stack.
        if stack.depth() > index {
            stack.tell_time(index);
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
        // One that waits has left the stack.
        let (stack, index) = self.scope.place();
        if let Some(number) = stack.mark_of(index) {
            shared::end(number);
        }
        source::end_poll(&self.before);
    }
}

/// The polls of futures that open their scope in one call and close it in another. They nest: the last one that
/// began ends first.
pub(super) mod open_polls {
    use core::cell::RefCell;
    use core::mem::ManuallyDrop;

    use crate::check::root::{Root, root};
    use crate::future::poller::Poller;
    use crate::stack::frames::Stack;
    use crate::time::source;

    thread_local! {
        // Without a destructor, so that futures can be polled while the thread exits; `Clear` frees its memory.
        static OPEN: ManuallyDrop<RefCell<Vec<Poller>>> =
            const { ManuallyDrop::new(RefCell::new(Vec::new())) };
        /// The walls of the entry points among them, each opened before the poll.
        static ROOTS: ManuallyDrop<RefCell<Vec<Root>>> =
            const { ManuallyDrop::new(RefCell::new(Vec::new())) };
        static CLEAR: Clear = const { Clear };
    }

    struct Clear;

    impl Drop for Clear {
        fn drop(&mut self) {
            let before = OPEN.with(|open| open.take());
            drop(before);
            drop(ROOTS.with(|roots| roots.take()));
        }
    }

    /// Begins a poll of the future `task`. Returns the place of its scope.
    pub(in crate::future) fn begin<const ROOT: bool>(task: usize) -> (&'static Stack, u32) {
        // Fails if this runs in a destructor of a thread-local, after `Clear` was dropped.
        let _ = CLEAR.try_with(|_| ());
        if ROOT {
            let root = root();
            ROOTS.with(|roots| roots.borrow_mut().push(root));
        }
        let poller = Poller::new(task);
        let place = poller.scope().place();
        OPEN.with(|open| open.borrow_mut().push(poller));
        place
    }

    /// The place of the scope of `task`, if its poll is the innermost one of this thread.
    pub(in crate::future) fn place(task: usize) -> Option<(&'static Stack, u32)> {
        if source::task() != task {
            return None;
        }
        OPEN.with(|open| open.borrow().last().map(|poller| poller.scope().place()))
    }

    /// Ends the innermost poll, after a last look at it. Returns the wall of an entry point, which stands until it is
    /// dropped.
    #[inline]
    #[must_use]
    pub(in crate::future) fn end<const ROOT: bool>(last: impl FnOnce(Poller)) -> Option<Root> {
        let poller = OPEN.with(|open| open.borrow_mut().pop())?;
        let root = if ROOT {
            ROOTS.with(|roots| roots.borrow_mut().pop())
        } else {
            None
        };
        last(poller);
        root
    }
}

/// Whether the open scopes belong to other code than this future's: no guarded future is being polled yet, and the
/// current thread polls a task of the runtime on which it blocks.
#[cfg(feature = "tokio")]
#[inline]
fn is_a_strangers() -> bool {
    !source::is_polling() && current::depth() != 0 && tokio_clock::is_task_of_one_thread()
}

/// What the caller is in, as far as this build can know.
#[inline]
fn around() -> Around {
    #[cfg(feature = "tokio")]
    return tokio_clock::around();
    #[cfg(not(feature = "tokio"))]
    Around::Nothing
}
