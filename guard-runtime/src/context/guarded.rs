//! Iterators and streams that check.

#[cfg(feature = "tokio")]
use core::pin::Pin;
#[cfg(feature = "tokio")]
use core::task::{Context, Poll};

#[cfg(feature = "tokio")]
use futures_core::Stream;

use crate::base::location::At;
use crate::check::tick::{due, inherit, tick};
use crate::trip::tripped::Tripped;

/// Checks in iterator chains, whose loops are inside the standard library.
pub trait GuardedIterator: Iterator + Sized {
    /// Checks the budgets of this thread before each item. A trip is the last item: an `Err` and then nothing more,
    /// so that chains that drop errors end as well.
    ///
    /// ```
    /// use guard_runtime::{GuardedIterator, Tripped, loop_guard};
    ///
    /// #[loop_guard(timeout = "200ms")]
    /// fn sum(numbers: impl Iterator<Item = u64>) -> Result<u64, Tripped> {
    ///     numbers.guarded().map(|n| n.map(|n| n * 2)).sum()
    /// }
    ///
    /// # fn main() {
    /// assert_eq!(sum(0..4).unwrap(), 12);
    /// assert!(sum(std::iter::repeat(0)).is_err());
    /// # }
    /// ```
    #[track_caller]
    fn guarded(self) -> Guarded<Self> {
        Guarded::new(self)
    }
}

impl<I: Iterator> GuardedIterator for I {}

/// Checks in chains of streams (feature `tokio`).
#[cfg(feature = "tokio")]
pub trait GuardedStream: Stream + Unpin + Sized {
    /// Checks the budgets of this thread at each poll. A trip is the last item: an `Err` and then nothing
    /// more. A stream that is not `Unpin` is pinned first, for example by `std::pin::pin!`.
    ///
    /// ```
    /// use futures::{StreamExt, TryStreamExt, stream};
    /// use guard_runtime::{GuardedStream, Tripped, loop_guard};
    ///
    /// #[loop_guard(timeout = "200ms")]
    /// async fn sum(numbers: impl futures::Stream<Item = u64> + Unpin) -> Result<u64, Tripped> {
    ///     numbers.guarded().try_fold(0, async |sum, n| Ok(sum + n)).await
    /// }
    ///
    /// # fn main() {
    /// # let run = futures::executor::block_on::<std::pin::Pin<Box<dyn Future<Output = _>>>>;
    /// assert_eq!(run(Box::pin(sum(stream::iter(0..4)))).unwrap(), 6);
    /// assert!(run(Box::pin(sum(stream::repeat(0)))).is_err()); // always ready: it never lets go
    /// # }
    /// ```
    #[track_caller]
    fn guarded(self) -> Guarded<Self> {
        Guarded::new(self)
    }
}

#[cfg(feature = "tokio")]
impl<S: Stream + Unpin> GuardedStream for S {}

/// The iterator of [`GuardedIterator::guarded`], and the stream of `GuardedStream::guarded`.
#[derive(Debug, Clone)]
#[must_use = "iterators and streams do nothing until they are asked"]
pub struct Guarded<T> {
    inner: T,
    at: At,
    tripped: bool,
}

impl<T> Guarded<T> {
    #[track_caller]
    fn new(inner: T) -> Self {
        Self {
            inner,
            at: At::caller("guarded"),
            tripped: false,
        }
    }
}

/// Makes a check. Returns the trip once; after that, `Err(None)`.
#[inline]
fn check(at: &At, tripped: &mut bool) -> Result<(), Option<Tripped>> {
    if *tripped {
        return Err(None);
    }
    if due(inherit()) {
        if let Err(trip) = tick(at) {
            *tripped = true;
            return Err(Some(trip));
        }
    }
    Ok(())
}

impl<I: Iterator> Iterator for Guarded<I> {
    type Item = Result<I::Item, Tripped>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match check(&self.at, &mut self.tripped) {
            Ok(()) => self.inner.next().map(Ok),
            Err(trip) => trip.map(Err),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.tripped {
            return (0, Some(0));
        }
        let (least, most) = self.inner.size_hint();
        // A trip can replace all items, or come after the last one.
        (least.min(1), most.and_then(|most| most.checked_add(1)))
    }
}

#[cfg(feature = "tokio")]
impl<S: Stream + Unpin> Stream for Guarded<S> {
    type Item = Result<S::Item, Tripped>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        match check(&this.at, &mut this.tripped) {
            Ok(()) => Pin::new(&mut this.inner)
                .poll_next(context)
                .map(|item| item.map(Ok)),
            Err(trip) => Poll::Ready(trip.map(Err)),
        }
    }
}
