//! Deadlines on the wire: what a layer does to headers, requests and bodies. On a paused clock, except in
//! `peers.rs`.
#![forbid(unsafe_code)]

mod bodies;
mod client;
mod headers;
mod peers;
mod policies;
mod random_headers;
mod server;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use guard_runtime::wire::DeadlineBody;
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper::body::Bytes;

type Text = Full<Bytes>;
type Answer = Result<Response<DeadlineBody<Text>>, Infallible>;

const GRPC: [(&str, &str); 1] = [("content-type", "application/grpc")];
const ENVOY: &str = "x-envoy-expected-rq-timeout-ms";

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// One poll.
fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// The output of a future that never waits.
#[track_caller]
fn ready<F: Future>(future: F) -> F::Output {
    match poll(std::pin::pin!(future)) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

fn request(headers: &[(&str, &str)]) -> Request<Text> {
    let mut request = Request::builder();
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Text::default()).expect("headers")
}

fn text(text: &str) -> Response<Text> {
    Response::new(Full::from(text.to_owned()))
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
