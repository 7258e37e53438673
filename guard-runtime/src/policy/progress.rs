//! How far a piece of work got, for code that answers when it is cut short.

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

/// How many items of a batch are done: the body counts them, and a `fallback` that answers in its place reads the
/// count.
///
/// The caller lends it, so that it outlives the call: the next call can begin where this one was cut short. It is
/// shared by reference, also between threads and in futures.
///
/// An item that was only begun is not counted, so it must leave nothing behind when it is cut short. If the items
/// are rows of a database, use a savepoint for each: its destructor rolls it back, on every way out.
///
/// ```
/// use guard_runtime::policy::Progress;
/// use guard_runtime::{Tripped, loop_guard};
///
/// #[derive(Debug)]
/// enum Settled {
///     All,
///     Partial { done: u64, trip: Tripped },
/// }
///
/// #[loop_guard(iterations = 3, fallback = |trip| Settled::Partial { done: progress.done(), trip })]
/// fn settle(payments: &[u32], progress: &Progress) -> Settled {
///     for payment in progress.rest(payments) {
///         assert!(*payment > 0); // settles it
///         progress.advance();
///     }
///     Settled::All
/// }
///
/// # fn main() {
/// let (payments, progress) = ([5, 9, 2, 7], Progress::new());
/// let Settled::Partial { done, trip } = settle(&payments, &progress) else { panic!() };
/// assert_eq!(done, 3);
/// println!("{done} of {}, then {trip}", payments.len());
/// // Later, from where it was cut.
/// assert!(matches!(settle(&payments, &progress), Settled::All));
/// assert_eq!(progress.done(), 4);
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Progress(AtomicU64);

impl Progress {
    /// A progress with no items done.
    #[must_use]
    pub const fn new() -> Self {
        Self::from(0)
    }

    /// A progress with this many items done already, for instance as a previous process has stored it.
    ///
    /// ```
    /// use guard_runtime::policy::Progress;
    ///
    /// assert_eq!(Progress::from(7).done(), 7);
    /// ```
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "for statics, too")]
    pub const fn from(done: u64) -> Self {
        Self(AtomicU64::new(done))
    }

    /// Counts one more item as done. Everything that was written for it before is visible to code that reads the
    /// count.
    pub fn advance(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    /// How many items are done.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// The items that are not done yet.
    ///
    /// ```
    /// use guard_runtime::policy::Progress;
    ///
    /// assert_eq!(Progress::from(1).rest(&["a", "b"]), ["b"]);
    /// assert!(Progress::from(9).rest(&["a", "b"]).is_empty());
    /// ```
    #[must_use]
    pub fn rest<'i, T>(&self, items: &'i [T]) -> &'i [T] {
        let done = usize::try_from(self.done()).unwrap_or(usize::MAX);
        items.get(done..).unwrap_or_default()
    }
}

/// Prints `3 done`.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} done", self.done())
    }
}
