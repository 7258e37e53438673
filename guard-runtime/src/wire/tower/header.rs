//! The headers that carry a timeout.

use core::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::wire::timeout::Timeout;

/// Of gRPC: digits and a unit.
static GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// Of Envoy: milliseconds.
static ENVOY_TIMEOUT: HeaderName = HeaderName::from_static("x-envoy-expected-rq-timeout-ms");

/// How a message spells what concerns deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Http,
    Grpc,
}

impl Dialect {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        match kind.and_then(|kind| kind.strip_prefix(b"application/grpc")) {
            Some([] | [b'+' | b';', ..]) => Self::Grpc,
            _ => Self::Http,
        }
    }
}

/// What the sender leaves to its receiver: the shortest of all timeouts that can be read. A header that cannot be read
/// counts as one that is not there.
pub(super) fn asked(headers: &HeaderMap, own: Option<&HeaderName>) -> Option<Duration> {
    if headers.is_empty() {
        return None;
    }
    let grpc = shortest(headers, &GRPC_TIMEOUT, Timeout::from_grpc);
    let millis = [Some(&ENVOY_TIMEOUT), own].into_iter().flatten();
    let millis = millis.filter_map(|name| shortest(headers, name, Timeout::from_millis));
    grpc.into_iter().chain(millis).min()
}

/// Of the values of one header.
#[inline]
fn shortest<E>(
    headers: &HeaderMap,
    name: &HeaderName,
    read: impl Fn(&str) -> Result<Timeout, E>,
) -> Option<Duration> {
    if !headers.contains_key(name) {
        return None;
    }
    let values = headers.get_all(name).into_iter();
    let read = values.filter_map(|value| read(value.to_str().ok()?).ok());
    read.map(Timeout::duration).min()
}

/// Writes that the receiver may take so long, unless the headers leave it less already; false if nothing is left that
/// can be written.
pub(super) fn leave(headers: &mut HeaderMap, own: Option<&HeaderName>, left: Duration) -> bool {
    match (own, Dialect::of(headers)) {
        (None, Dialect::Grpc) => {
            let left = least(shortest(headers, &GRPC_TIMEOUT, Timeout::from_grpc), left);
            let text = Timeout::from(left).to_grpc();
            let value = HeaderValue::try_from(text).expect("digits and a letter");
            headers.insert(&GRPC_TIMEOUT, value);
            !left.is_zero()
        }
        (own, _) => {
            let name = own.unwrap_or(&ENVOY_TIMEOUT);
            let left = least(shortest(headers, name, Timeout::from_millis), left);
            let millis = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
            headers.insert(name, HeaderValue::from(millis));
            millis != 0
        }
    }
}

fn least(asked: Option<Duration>, left: Duration) -> Duration {
    asked.map_or(left, |asked| asked.min(left))
}
