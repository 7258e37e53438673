//! A response's body is made in the scope of its request.

use std::cell::RefCell;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use guard_runtime::wire::{DeadlineBody, DeadlineLayer, Server, detach};
use guard_runtime::{Cause, Tripped, checkpoint, remaining, testing};
use harness::Paused;
use http::Response;
use http_body::{Body, Frame};
use hyper::body::Bytes;
use tower::{Layer, Service, service_fn};

use crate::{ENVOY, GRPC, header, millis, ready, request};

/// Each frame takes 30 ms and contains the remaining time. After this many frames it waits.
struct Slow(u32);

impl Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0 == 0 {
            return Poll::Pending;
        }
        self.0 -= 1;
        let left = format!("{:?}", remaining());
        testing::advance(millis(30));
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(left)))))
    }
}

fn layer() -> DeadlineLayer<Server> {
    DeadlineLayer::server().max(millis(100))
}

type Polled = Poll<Option<Result<Frame<Bytes>, Box<dyn std::error::Error + Send + Sync>>>>;

fn frame(body: Pin<&mut DeadlineBody<Slow>>) -> Polled {
    body.poll_frame(&mut Context::from_waker(Waker::noop()))
}

#[track_caller]
fn data(polled: Polled) -> String {
    let Poll::Ready(Some(Ok(frame))) = polled else {
        panic!("{polled:?}")
    };
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

fn served(headers: &[(&str, &str)], frames: u32) -> DeadlineBody<Slow> {
    let mut service = layer().layer(service_fn(async |_| {
        testing::advance(millis(10));
        Ok::<_, Infallible>(Response::new(Slow(frames)))
    }));
    ready(service.call(request(headers))).unwrap().into_body()
}

#[test]
fn frames_spend_what_the_handler_left() {
    let _paused = Paused::new();
    let mut body = pin!(served(&[], 9));
    assert_eq!(data(frame(body.as_mut())), "Some(90ms)");
    assert_eq!(data(frame(body.as_mut())), "Some(60ms)");
    assert_eq!(data(frame(body.as_mut())), "Some(30ms)");
    assert!(!body.is_end_stream());
    assert_eq!(remaining(), None, "and not in between");
}

/// Work that the handler started may be what makes the frames of its response.
#[test]
fn work_of_the_handler_lasts_as_long_as_the_body() {
    let _paused = Paused::new();
    let handed = RefCell::new(None);
    let mut service = layer().layer(service_fn(async |_| {
        *handed.borrow_mut() = Some(guard_runtime::Context::current());
        Ok::<_, Infallible>(Response::new(Slow(1)))
    }));
    let body = ready(service.call(request(&[]))).unwrap().into_body();
    let check = || handed.borrow().as_ref().unwrap().run(checkpoint);
    assert!(check().is_ok());
    let mut body = Box::pin(body);
    assert_eq!(data(frame(body.as_mut())), "Some(100ms)");
    assert!(check().is_ok());
    assert!(frame(body.as_mut()).is_pending());
    assert!(check().is_ok());
    drop(body);
    assert_eq!(check().unwrap_err().cause(), Cause::ScopeEnded);
}

#[test]
fn a_body_that_waits_is_cut_with_the_trip_as_its_error() {
    let _paused = Paused::new();
    let mut body = pin!(served(&[(ENVOY, "80")], 1));
    assert_eq!(data(frame(body.as_mut())), "Some(70ms)");
    assert!(frame(body.as_mut()).is_pending());
    testing::advance(millis(40));
    assert!(
        frame(body.as_mut()).is_pending(),
        "at the deadline, and not before"
    );
    testing::advance(millis(1));
    let Poll::Ready(Some(Err(error))) = frame(body.as_mut()) else {
        panic!("no error")
    };
    let tripped = error.downcast::<Tripped>().unwrap();
    assert!(tripped.is_remote());
    // The time of the handler and of the previous frame is included.
    assert!(
        tripped.to_string().contains("80ms allowed, 81"),
        "{tripped}"
    );
    assert!(
        matches!(frame(body.as_mut()), Poll::Ready(None)),
        "it has ended"
    );
    assert!(body.is_end_stream());
}

#[test]
fn one_of_grpc_is_cut_with_a_status() {
    let _paused = Paused::new();
    let mut body = pin!(served(&GRPC, 0));
    assert!(frame(body.as_mut()).is_pending());
    testing::advance(millis(91));
    let Poll::Ready(Some(Ok(last))) = frame(body.as_mut()) else {
        panic!("no frame")
    };
    let trailers = last.into_trailers().unwrap();
    assert_eq!(header(&trailers, "grpc-status"), Some("4"));
    assert!(
        header(&trailers, "grpc-message")
            .unwrap()
            .contains("100ms allowed")
    );
    assert!(matches!(frame(body.as_mut()), Poll::Ready(None)));
}

#[test]
fn the_scope_goes_on_where_the_handler_has_waited() {
    let _paused = Paused::new();
    let mut waited = false;
    let mut service = layer().layer(service_fn(move |_| {
        std::future::poll_fn(move |_| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(Ok::<_, Infallible>(Response::new(Slow(1))));
            }
            Poll::Pending
        })
    }));
    let mut future = pin!(service.call(request(&[])));
    assert!(crate::poll(future.as_mut()).is_pending());
    testing::advance(millis(20));
    let Poll::Ready(Ok(response)) = crate::poll(future) else {
        panic!("it waits")
    };
    let mut body = pin!(response.into_body());
    assert_eq!(data(frame(body.as_mut())), "Some(80ms)");
    assert!(frame(body.as_mut()).is_pending());
    testing::advance(millis(51));
    assert!(matches!(frame(body), Poll::Ready(Some(Err(_)))));
}

#[test]
fn a_body_that_is_detached_goes_on() {
    let _paused = Paused::new();
    let mut service = layer().layer(service_fn(async |_| {
        Ok::<_, Infallible>(detach(Response::new(Slow(9))))
    }));
    let mut body = pin!(ready(service.call(request(&[]))).unwrap().into_body());
    for _ in 0..9 {
        assert_eq!(data(frame(body.as_mut())), "None");
    }
}

#[test]
fn sizes_are_those_of_the_body() {
    let mut service = layer().layer(service_fn(async |_| {
        Ok::<_, Infallible>(crate::text("seven"))
    }));
    let body = ready(service.call(request(&[]))).unwrap().into_body();
    assert_eq!(body.size_hint().exact(), Some(5));
    assert!(!body.is_end_stream());
    assert!(DeadlineBody::<Slow>::default().is_end_stream());
}
