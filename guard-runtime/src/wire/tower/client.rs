//! What is left of the budget, on an outgoing request.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::error::Error;

use http::Request;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::base::location::At;
use crate::base::site::Site;
use crate::check::enter::enter;
use crate::check::query::left;
use crate::check::tick::tick;
use crate::trip::tripped::Tripped;
use crate::wire::tower::header::Read;
use crate::wire::tower::layer::{Client, DeadlineService};

impl<S, A> Service<Request<A>> for DeadlineService<S, Client>
where
    S: Service<Request<A>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = S::Response;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = SentFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    #[inline]
    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        if let Some(left) = left() {
            let left = left.saturating_sub(self.kind.margin);
            let own = self.kind.header.as_ref();
            let read = Read::of(request.headers(), own);
            if !read.leave(request.headers_mut(), own, left) {
                let tripped = Some(self.kind.unsent());
                let sent = Sent::Unsent { tripped };
                return SentFuture { sent };
            }
        }
        let response = self.inner.call(request);
        let sent = Sent::Sent { response };
        SentFuture { sent }
    }
}

impl Client {
    /// The trip of a budget that is spent, or of which the margin leaves nothing.
    #[cold]
    fn unsent(&self) -> Tripped {
        let at = At::of("send", self.site.location());
        tick(&at)
            .err()
            .unwrap_or_else(|| nothing_left(self.site, &at))
    }
}

/// The trip of a scope without any time.
fn nothing_left(site: &'static Site, at: &At) -> Tripped {
    loop {
        let spent = enter(site.once(0)).map(|_scope| tick(at).err());
        match spent {
            Err(tripped) | Ok(Some(tripped)) => return tripped,
            // The clock has not moved since the scope was opened.
            Ok(None) => std::thread::sleep(Duration::from_nanos(1)),
        }
    }
}

pin_project! {
    /// The response to a request that was sent through [`DeadlineLayer::client`](super::DeadlineLayer::client).
    #[must_use = "futures do nothing unless polled"]
    pub struct SentFuture<F> {
        #[pin]
        sent: Sent<F>,
    }
}

pin_project! {
    #[project = SentProjected]
    enum Sent<F> {
        Sent { #[pin] response: F },
        Unsent { tripped: Option<Tripped> },
    }
}

impl<F> fmt::Debug for SentFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unsent = match &self.sent {
            Sent::Sent { .. } => None,
            Sent::Unsent { tripped } => tripped.as_ref(),
        };
        f.debug_struct("SentFuture")
            .field("unsent", &unsent)
            .finish_non_exhaustive()
    }
}

impl<F, R, E> Future for SentFuture<F>
where
    F: Future<Output = Result<R, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Output = Result<R, Box<dyn Error + Send + Sync>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().sent.project() {
            SentProjected::Sent { response } => response.poll(context).map_err(Into::into),
            SentProjected::Unsent { tripped } => {
                let tripped = tripped.take();
                let tripped = tripped.expect("a future is not polled once it was ready");
                Poll::Ready(Err(Box::new(tripped)))
            }
        }
    }
}
