//! A scope that passes from one future to the next: that of a request covers the future of its response and then
//! each frame of the response's body.
//!
//! Like a [`Task`], it is on a thread's stack only during a poll. Unlike a `Task`, it begins when it is created,
//! and outlives the future that was polled in it first: until it first waits, its beginning is stored here.

use core::task::{Context, Poll};

use crate::base::layout::EXACT;
use crate::base::site::{Mode, Site};
use crate::check::enter::count_begun;
use crate::check::tick::tick;
use crate::future::kept::look_if_near;
use crate::future::polled::{Task, begin};
use crate::future::shared::DetachedScope;
use crate::mode::resolve;
use crate::stack::frame::Saved;
#[cfg(not(feature = "tokio"))]
use crate::time::clock;
use crate::time::epoch::EPOCH;
#[cfg(feature = "tokio")]
use crate::time::tokio_clock;
use crate::trip::boundary;
use crate::trip::tripped::Tripped;

/// See the head of this file.
pub(crate) struct Carried {
    site: &'static Site,
    stored: Stored,
    task: Task,
    /// Between a future that has its result and the next one.
    mark: Option<DetachedScope>,
}

#[derive(Clone, Copy)]
enum Stored {
    /// It begins with its first poll, and may then take this many nanoseconds.
    Limit(u64),
    Open(Saved),
}

impl Carried {
    /// A scope of `limit` nanoseconds that begins now.
    #[inline]
    pub(crate) fn new(site: &'static Site, limit: u64) -> Self {
        let (mode, timeout) = resolve::of(site);
        let limit = match mode {
            Mode::Off => u64::MAX,
            Mode::Observe | Mode::Enforce => timeout.unwrap_or(limit),
        };
        site.set_future();
        let stored = match now() {
            Some(start) => {
                count_begun(site, mode);
                Stored::Open(Saved {
                    start,
                    limit,
                    lag: EXACT,
                })
            }
            None => Stored::Limit(limit),
        };
        Self {
            site,
            stored,
            task: Task::new(),
            mark: None,
        }
    }

    /// Polls once inside the scope. Trips that unwind out of the poll end here.
    #[inline]
    pub(crate) fn poll<T>(
        &mut self,
        context: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<Result<T, Tripped>> {
        let at = self.site.at();
        let poller = self.task.resume();
        let (stack, index) = poller.scope().place();
        if !self.task.has_waited() {
            match &self.stored {
                Stored::Open(saved) => {
                    stack.resume(self.site.register(), saved);
                    look_if_near(saved);
                }
                Stored::Limit(limit) => {
                    if begin(self.site, *limit).is_stale() {
                        tick(&at)?;
                    }
                }
            }
        }
        if let Some(mark) = self.mark.take() {
            mark.put_back(stack, index);
        }
        match boundary::boundary(|| poll(context)) {
            Ok(Poll::Ready(value)) => {
                if let Stored::Limit(_) = self.stored {
                    self.stored = Stored::Open(stack.save(index).settled(&EPOCH).0);
                }
                self.mark = DetachedScope::take(stack, index);
                Poll::Ready(Ok(value))
            }
            Ok(Poll::Pending) => self.task.suspend(&poller, context, &at).map(Err),
            Err(tripped) => Poll::Ready(Err(tripped)),
        }
    }
}

/// The time; `None` if a test may have stopped the clock that the first poll will follow.
#[cfg_attr(
    not(feature = "tokio"),
    allow(clippy::unnecessary_wraps, reason = "there is but one clock")
)]
fn now() -> Option<u64> {
    #[cfg(feature = "tokio")]
    return tokio_clock::before_poll();
    #[cfg(not(feature = "tokio"))]
    Some(clock::now())
}

#[cfg(all(test, feature = "metrics"))]
mod tests {
    use core::task::{Context, Poll, Waker};

    use super::Carried;
    use crate::base::layout::LIMITED;
    use crate::base::site::Site;
    use crate::stack::lease;

    static SITE: Site = Site::new("carried", "carried.rs", 1, 1);

    fn entered() -> u64 {
        let (id, mut all) = (SITE.register() & !LIMITED, 0);
        lease::each(|stack| {
            stack.table.each(|site, count| {
                if site == id {
                    all += count;
                }
            });
        });
        all
    }

    #[test]
    fn a_scope_counts_as_entered_once_however_often_it_is_polled() {
        for scopes in 1..=3 {
            let mut carried = Carried::new(&SITE, 1_000_000_000);
            let mut context = Context::from_waker(Waker::noop());
            assert!(carried.poll(&mut context, |_| Poll::Ready(())).is_ready());
            for _ in 0..2 {
                let polled = carried.poll(&mut context, |_| Poll::<()>::Pending);
                assert!(polled.is_pending());
            }
            assert_eq!(entered(), scopes);
        }
    }
}
