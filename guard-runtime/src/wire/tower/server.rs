//! The scope of an incoming request.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::base::site::Site;
use crate::future::carried::Carried;
use crate::trip::hook;
use crate::trip::tripped::{Cause, Tripped};
use crate::wire::tower::answer;
use crate::wire::tower::body::{DeadlineBody, Detached};
use crate::wire::tower::header::{Dialect, Read};
use crate::wire::tower::layer::{DeadlineService, Server};

impl<S, A, B> Service<Request<A>> for DeadlineService<S, Server>
where
    S: Service<Request<A>, Response = Response<B>>,
{
    type Response = Response<DeadlineBody<B>>;
    type Error = S::Error;
    type Future = ServedFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    #[inline]
    fn call(&mut self, request: Request<A>) -> Self::Future {
        let read = Read::of(request.headers(), self.kind.header.as_ref());
        let dialect = read.dialect;
        let (site, limit) = self.kind.allowed(read.shortest());
        if limit == 0 {
            let expired = Some(expired(site));
            return ServedFuture {
                handler: None,
                scope: None,
                expired,
                dialect,
            };
        }
        // Opened before the handler is called, so that everything the handler does counts.
        let scope = (limit != u64::MAX).then(|| Carried::new(site, limit));
        ServedFuture {
            handler: Some(self.inner.call(request)),
            scope,
            expired: None,
            dialect,
        }
    }
}

impl Server {
    /// How many nanoseconds a request may take if its sender asks for `asked`, and the site of its scope.
    #[inline]
    fn allowed(&self, asked: Option<u64>) -> (&'static Site, u64) {
        match asked.filter(|asked| *asked < self.max) {
            Some(asked) => (self.remote, asked),
            None if asked.is_some() => (self.local, self.max),
            None => (self.local, self.default.min(self.max)),
        }
    }
}

/// The trip of a request that arrived with no time left.
#[cold]
fn expired(site: &'static Site) -> Tripped {
    let cause = Cause::Timeout {
        limit: Duration::ZERO,
        // The smallest time that is more than the limit.
        elapsed: Duration::from_nanos(1),
    };
    let tripped = Tripped::new(site, site.at(), cause);
    hook::tripped(&tripped);
    tripped
}

/// The response to send instead of the missing one.
fn answer<B>(tripped: &Tripped, dialect: Dialect) -> Response<DeadlineBody<B>> {
    let mut response = Response::new(DeadlineBody::empty());
    match dialect {
        Dialect::Http => *response.status_mut() = answer::status(tripped),
        Dialect::Grpc => {
            let kind = HeaderValue::from_static("application/grpc");
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, kind);
            answer::tell(headers, tripped);
        }
    }
    response
}

pin_project! {
    /// The response of a service behind [`DeadlineLayer::server`](super::DeadlineLayer::server).
    #[must_use = "futures do nothing unless polled"]
    pub struct ServedFuture<F> {
        // Dropped when it is cut short, and missing if its time was over on arrival.
        #[pin]
        handler: Option<F>,
        scope: Option<Carried>,
        expired: Option<Tripped>,
        dialect: Dialect,
    }
}

impl<F> fmt::Debug for ServedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedFuture")
            .field("covered", &self.scope.is_some())
            .field("expired", &self.expired)
            .finish_non_exhaustive()
    }
}

impl<F, B, E> Future for ServedFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<DeadlineBody<B>>, E>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(tripped) = this.expired.take() {
            return Poll::Ready(Ok(answer(&tripped, *this.dialect)));
        }
        let handler = this.handler.as_mut().as_pin_mut();
        let mut handler = handler.expect("a future is not polled once it was ready");
        let polled = match this.scope {
            None => handler.poll(context).map(Ok),
            Some(scope) => scope.poll(context, |context| handler.as_mut().poll(context)),
        };
        Poll::Ready(match ready!(polled) {
            Ok(response) => response.map(|mut response| {
                let scope = this.scope.take();
                let detached = response.extensions_mut().remove::<Detached>();
                let scope = scope.filter(|_| detached.is_none());
                response.map(|body| DeadlineBody::new(body, scope, *this.dialect))
            }),
            Err(tripped) => {
                this.handler.set(None);
                *this.scope = None;
                Ok(answer(&tripped, *this.dialect))
            }
        })
    }
}
