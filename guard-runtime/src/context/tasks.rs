//! Tasks of tokio that inherit the scopes of the code that starts them (feature `tokio`).

use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context as TaskContext, Poll};

use crate::base::location::Location;
use crate::context::handover::Context;
use crate::context::started::{Fate, RunningWork};

/// Starts a task in the scopes that are open here; otherwise like `tokio::spawn`.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Tripped, loop_guard, task};
///
/// #[loop_guard(timeout = "1h")]
/// async fn never() -> Result<(), Tripped> {
///     std::future::pending().await
/// }
///
/// #[loop_guard(timeout = "5ms")]
/// async fn request() -> Result<(), Tripped> {
///     task::spawn(never()).await.expect("it does not panic")
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert!(request().await.unwrap_err().scope().ends_with("::request"));
/// # });
/// ```
///
/// # Panics
///
/// Outside a tokio runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let running = RunningWork::new("task", Location::caller());
    let (fate, future) = (running.fate(), Context::current().wrap(future));
    let task = async move {
        let mut future = pin!(future);
        poll_fn(|context| running.run(|| future.as_mut().poll(context))).await
    };
    JoinHandle {
        inner: tokio::task::spawn(task),
        fate: Some(fate),
    }
}

/// Starts blocking work in the scopes that are open here; otherwise like `tokio::task::spawn_blocking`. It trips at
/// its checks, and at once in [`sleep`](crate::sleep()) and [`wait`](crate::wait()), so a runtime does not wait for
/// it for ever.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::{Tripped, loop_guard, sleep, task};
///
/// #[loop_guard(timeout = "5ms")]
/// async fn request() -> Result<(), Tripped> {
///     task::spawn_blocking(|| sleep(Duration::from_secs(3600))).await.expect("it does not panic")
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// assert!(request().await.unwrap_err().scope().ends_with("::request"));
/// # });
/// ```
///
/// # Panics
///
/// Outside a tokio runtime.
#[track_caller]
pub fn spawn_blocking<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let running = RunningWork::new("blocking task", Location::caller());
    let (context, fate) = (Context::current(), running.fate());
    JoinHandle {
        inner: tokio::task::spawn_blocking(move || running.run(|| context.run(f))),
        fate: Some(fate),
    }
}

/// A task that was started by [`spawn`] or [`spawn_blocking`], to wait for.
///
/// If this is dropped before the task's end, the task goes on alone, and its panic is an
/// [`Event::WorkPanicked`](crate::Event::WorkPanicked).
#[must_use = "without it, the task goes on alone"]
pub struct JoinHandle<T> {
    inner: tokio::task::JoinHandle<T>,
    /// Until it has ended.
    fate: Option<Fate>,
}

impl<T> JoinHandle<T> {
    /// Makes the runtime drop the task at its next await; has no effect on blocking work.
    pub fn abort(&self) {
        self.inner.abort();
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.inner.is_finished()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let poll = Pin::new(&mut self.inner).poll(context);
        if poll.is_ready() {
            self.fate = None;
        }
        poll
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Some(fate) = &self.fate {
            fate.detach();
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}
