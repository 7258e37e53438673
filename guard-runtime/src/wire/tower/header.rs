//! The headers that carry a timeout.
//!
//! All are found in one pass: to look each of them up by its hash takes longer, with as many headers as a request has.

use core::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::wire::timeout::{Timeout, WireError};

/// Of gRPC: digits and a unit.
const GRPC_TIMEOUT: &str = "grpc-timeout";
static GRPC_NAME: HeaderName = HeaderName::from_static(GRPC_TIMEOUT);

/// Of Envoy: milliseconds.
const ENVOY_TIMEOUT: &str = "x-envoy-expected-rq-timeout-ms";
static ENVOY_NAME: HeaderName = HeaderName::from_static(ENVOY_TIMEOUT);

/// How a message spells what concerns deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Http,
    Grpc,
}

/// What the headers of a request say. One that cannot be read counts as one that is not there; of several, the shortest
/// counts.
pub(super) struct Read {
    pub(super) dialect: Dialect,
    grpc: Option<Duration>,
    envoy: Option<Duration>,
    own: Option<Duration>,
}

impl Read {
    /// Reads them; `own` is the name of one more, of milliseconds.
    #[inline]
    pub(super) fn of(headers: &HeaderMap, own: Option<&HeaderName>) -> Self {
        let mut read = Self {
            dialect: Dialect::Http,
            grpc: None,
            envoy: None,
            own: None,
        };
        for (name, value) in headers {
            let text = name.as_str();
            // Most names are told apart by their lengths.
            if text.len() == GRPC_TIMEOUT.len() {
                match text {
                    GRPC_TIMEOUT => shorten(&mut read.grpc, value, Timeout::from_grpc),
                    "content-type" if is_grpc(value) => read.dialect = Dialect::Grpc,
                    _ => {}
                }
            } else if text.len() == ENVOY_TIMEOUT.len() && text == ENVOY_TIMEOUT {
                shorten(&mut read.envoy, value, Timeout::from_millis);
            }
            if own.is_some_and(|own| own == name) {
                shorten(&mut read.own, value, Timeout::from_millis);
            }
        }
        read
    }

    /// What the sender leaves to its receiver.
    pub(super) fn shortest(&self) -> Option<Duration> {
        [self.grpc, self.envoy, self.own]
            .into_iter()
            .flatten()
            .min()
    }

    /// Writes that the receiver may take so long, unless the headers leave it less already; false if nothing is left that
    /// can be written.
    pub(super) fn leave(
        &self,
        headers: &mut HeaderMap,
        own: Option<&HeaderName>,
        left: Duration,
    ) -> bool {
        let least = |asked: Option<Duration>| asked.map_or(left, |asked| asked.min(left));
        match own {
            None if self.dialect == Dialect::Grpc => {
                let left = least(self.grpc);
                headers.insert(&GRPC_NAME, value(&Timeout::from(left).to_grpc()));
                !left.is_zero()
            }
            None => leave_millis(headers, &ENVOY_NAME, least(self.envoy)),
            Some(own) => leave_millis(headers, own, least(self.own)),
        }
    }
}

fn leave_millis(headers: &mut HeaderMap, name: &HeaderName, left: Duration) -> bool {
    let millis = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    let mut digits = [0; 20];
    headers.insert(name, value(decimal(millis, &mut digits)));
    millis != 0
}

/// One allocation, of as many bytes as there are.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits and letters")
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &str {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b"0123456789"[(number % 10) as usize];
        number /= 10;
        if number == 0 {
            return core::str::from_utf8(&digits[at..]).unwrap_or_default();
        }
    }
}

fn is_grpc(kind: &HeaderValue) -> bool {
    let rest = kind.as_bytes().strip_prefix(b"application/grpc");
    matches!(rest, Some([] | [b'+' | b';', ..]))
}

#[inline(never)]
fn shorten(
    shortest: &mut Option<Duration>,
    value: &HeaderValue,
    read: fn(&str) -> Result<Timeout, WireError>,
) {
    let Ok(text) = value.to_str() else { return };
    if let Ok(timeout) = read(text) {
        let asked = timeout.duration();
        *shortest = Some(shortest.map_or(asked, |shortest| shortest.min(asked)));
    }
}
