//! How far a piece of work has come, for whoever answers when it is cut.

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

/// How many items of a batch are done: the body counts, and the `fallback` that answers in its place reads.
///
/// Whoever calls lends it, so that it outlives the call: the next one begins where this one was cut. It is shared by
/// reference, also between threads and in futures.
///
/// An item that was begun is not counted, so it must leave nothing behind when it is cut. Where the items are rows of a
/// database, that is a savepoint for each: it is rolled back by its destructor, on every way out.
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
    /// Nothing is done.
    #[must_use]
    pub const fn new() -> Self {
        Self::from(0)
    }

    /// So many items are done already: as somebody has kept who was there before this process.
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

    /// One more item is done. Everything that was written for it before this is seen by whoever reads the count.
    pub fn advance(&self) {
        self.0.fetch_add(1, Ordering::Release);
    }

    /// How many are done.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// The items that are not.
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

/// As in `3 done`.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} done", self.done())
    }
}
