//! The body of a response, in the scope of its request.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::error::Error;

use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::future::carried::Carried;
use crate::trip::tripped::Tripped;
use crate::wire::tower::answer;
use crate::wire::tower::header::Dialect;

pin_project! {
    /// The body of a response that [`DeadlineLayer::server`](super::DeadlineLayer::server) covers: each frame is
    /// made in the scope of the request.
    ///
    /// A body that is cut short ends with an error that is the [`Tripped`](crate::Tripped), so that the peer does
    /// not take it for complete; a gRPC body ends with the trailer `grpc-status`.
    pub struct DeadlineBody<B> {
        // Dropped when the body is cut short.
        #[pin]
        frames: Option<B>,
        scope: Option<Carried>,
        dialect: Dialect,
    }
}

impl<B> DeadlineBody<B> {
    /// The body of a response that came in time; without a scope nothing cuts it short.
    pub(super) fn new(frames: B, scope: Option<Carried>, dialect: Dialect) -> Self {
        Self {
            frames: Some(frames),
            scope,
            dialect,
        }
    }

    /// A body without a frame.
    pub(super) fn empty() -> Self {
        Self {
            frames: None,
            scope: None,
            dialect: Dialect::Http,
        }
    }
}

impl<B> Default for DeadlineBody<B> {
    fn default() -> Self {
        Self::empty()
    }
}

impl<B> fmt::Debug for DeadlineBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadlineBody")
            .field("ended", &self.frames.is_none())
            .field("covered", &self.scope.is_some())
            .finish_non_exhaustive()
    }
}

impl<B> Body for DeadlineBody<B>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = B::Data;
    type Error = Box<dyn Error + Send + Sync>;

    #[inline]
    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, Self::Error>>> {
        let mut this = self.project();
        let Some(mut frames) = this.frames.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        // It says itself that none follows, and needs no scope for that.
        if frames.is_end_stream() {
            return Poll::Ready(None);
        }
        let polled = match this.scope {
            None => frames.poll_frame(context).map(Ok),
            Some(scope) => scope.poll(context, |context| frames.as_mut().poll_frame(context)),
        };
        Poll::Ready(match ready!(polled) {
            Ok(frame) => frame.map(|frame| frame.map_err(Into::into)),
            Err(tripped) => {
                this.frames.set(None);
                *this.scope = None;
                Some(cut(tripped, *this.dialect))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.frames.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.frames {
            Some(frames) => frames.size_hint(),
            None => SizeHint::with_exact(0),
        }
    }
}

fn cut<D>(tripped: Tripped, dialect: Dialect) -> Result<Frame<D>, Box<dyn Error + Send + Sync>> {
    match dialect {
        Dialect::Grpc => Ok(Frame::trailers(answer::trailers(&tripped))),
        Dialect::Http => Err(Box::new(tripped)),
    }
}

/// An extension of a response: its body leaves the scope of the request.
#[derive(Clone)]
pub(super) struct Detached;

/// Makes the body of this response leave the scope of its request: no deadline cuts it short. For event streams and
/// downloads that last as long as somebody listens.
///
/// Whether anything else that a handler starts is in the scope of the request depends on how it is started:
///
/// | what | in the scope |
/// |---|---|
/// | what it awaits | yes |
/// | [`task::spawn`](crate::task::spawn) and [`thread::spawn`](crate::thread::spawn) | yes |
/// | [`Context::current()`](crate::Context::current)`.detach().wrap(future)`, spawned anywhere | its budget, even after the handler has ended |
/// | `tokio::spawn`, `std::thread::spawn` | no |
/// | [`Budget::root`](crate::Budget::root)`().wrap(future)` | no, but the code that awaits it is |
///
/// ```
/// use guard_runtime::wire;
/// use http::Response;
///
/// fn events() -> Response<String> {
///     wire::detach(Response::new("data: 1\n\n".to_owned()))
/// }
///
/// assert_eq!(events().status(), 200);
/// ```
#[must_use]
pub fn detach<B>(mut response: Response<B>) -> Response<B> {
    response.extensions_mut().insert(Detached);
    response
}
