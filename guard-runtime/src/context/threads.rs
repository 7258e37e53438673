//! Threads that inherit the scopes of the code that starts them.

use core::fmt;
use std::thread::{self, Thread};

use crate::base::location::Location;
use crate::context::handover::Context;
use crate::context::started::{Fate, RunningWork};

/// Starts a thread in the scopes that are open here; otherwise like [`std::thread::spawn`].
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, Tripped, loop_guard, thread};
///
/// #[loop_guard(inherit)]
/// fn spin() -> Result<(), Tripped> {
///     loop {}
/// }
///
/// let outcome = Budget::timeout(Duration::from_millis(5)).run(|| thread::spawn(spin).join());
/// assert!(outcome.unwrap().unwrap().is_err());
/// ```
///
/// # Panics
///
/// If the system cannot start a thread.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let running = RunningWork::new("thread", Location::caller());
    let (context, fate) = (Context::current(), running.fate());
    let inner = thread::spawn(move || running.run(|| context.run(f)));
    JoinHandle {
        inner: Some(inner),
        fate,
    }
}

/// A thread that was started by [`spawn`], to wait for.
///
/// If this is dropped without a [`join`](Self::join), the thread goes on alone, and its panic is an
/// [`Event::WorkPanicked`](crate::Event::WorkPanicked).
#[must_use = "without a join, the thread goes on alone"]
pub struct JoinHandle<T> {
    /// Until it is joined.
    inner: Option<thread::JoinHandle<T>>,
    fate: Fate,
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end, however long that takes.
    ///
    /// # Errors
    ///
    /// Its panic.
    #[allow(clippy::missing_panics_doc, reason = "it is joined once, by value")]
    pub fn join(mut self) -> thread::Result<T> {
        let inner = self.inner.take();
        inner.expect("a thread that was not joined").join()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.inner
            .as_ref()
            .is_none_or(thread::JoinHandle::is_finished)
    }

    /// The thread.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "it is joined by value")]
    pub fn thread(&self) -> &Thread {
        let inner = self.inner.as_ref();
        inner.expect("a thread that was not joined").thread()
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.inner.is_some() {
            self.fate.detach();
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// Threads that may borrow, like [`std::thread::scope`]: each inherits the scopes that are open where it is
/// started.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Budget, Tripped, loop_guard, thread};
///
/// #[loop_guard(inherit)]
/// fn sum(numbers: &[u64]) -> Result<u64, Tripped> {
///     let mut sum = 0;
///     for n in numbers {
///         sum += n;
///     }
///     Ok(sum)
/// }
///
/// let numbers = [1, 2, 3, 4];
/// let sums = Budget::timeout(Duration::from_secs(60)).run(|| {
///     thread::scope(|scope| {
///         let (left, right) = numbers.split_at(2);
///         let left = scope.spawn(|| sum(left));
///         Ok::<_, Tripped>(sum(right)? + left.join().unwrap()?)
///     })
/// });
/// assert_eq!(sums.unwrap().unwrap(), 10);
/// ```
///
/// # Panics
///
/// If a thread panicked that nobody joined.
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(Scope<'scope, 'env>) -> T,
{
    thread::scope(|inner| f(Scope { inner }))
}

/// Where [`scope`] starts threads.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'scope, 'env: 'scope> {
    inner: &'scope thread::Scope<'scope, 'env>,
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread. Its panic is reported by its join, or else by [`scope`].
    ///
    /// # Panics
    ///
    /// If the system cannot start a thread.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> thread::ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let (context, running) = (
            Context::current(),
            RunningWork::new("thread", Location::caller()),
        );
        self.inner.spawn(move || running.run(|| context.run(f)))
    }
}
