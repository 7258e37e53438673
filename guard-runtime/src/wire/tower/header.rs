//! The headers that carry a timeout.
//!
//! All are found in one pass: with as many headers as a request usually has, looking each of them up by its hash
//! takes longer.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::time::clock;
use crate::wire::timeout::{Timeout, WireError};
use crate::wire::tower::numerals;

/// The header of gRPC: digits and a unit.
const GRPC_TIMEOUT: &str = "grpc-timeout";
const GRPC_NAME: HeaderName = HeaderName::from_static(GRPC_TIMEOUT);

/// The header of Envoy: milliseconds.
const ENVOY_TIMEOUT: &str = "x-envoy-expected-rq-timeout-ms";
const ENVOY_NAME: HeaderName = HeaderName::from_static(ENVOY_TIMEOUT);

/// How a message expresses what concerns deadlines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Http,
    Grpc,
}

/// What the headers of a request say, in nanoseconds. One that cannot be read counts as one that is not there; of several,
/// the shortest counts.
pub(super) struct Read {
    pub(super) dialect: Dialect,
    grpc: Option<u64>,
    envoy: Option<u64>,
    own: Option<u64>,
}

impl Read {
    /// Reads them; `own` is the name of one more header, in milliseconds.
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
            // Most names already differ in their lengths.
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
    pub(super) fn shortest(&self) -> Option<u64> {
        [self.grpc, self.envoy, self.own]
            .into_iter()
            .flatten()
            .min()
    }

    /// Writes that the receiver may take `left` nanoseconds, unless the headers leave it less already; false if nothing is
    /// left that can be written.
    #[inline]
    pub(super) fn leave(
        &self,
        headers: &mut HeaderMap,
        own: Option<&HeaderName>,
        left: u64,
    ) -> bool {
        let least = |asked: Option<u64>| asked.map_or(left, |asked| asked.min(left));
        let millis = |asked| least(asked) / 1_000_000;
        // Names by value: to clone one takes as long as to hash half of it.
        match own {
            None if self.dialect == Dialect::Grpc => {
                let left = least(self.grpc);
                headers.insert(GRPC_NAME, numerals::grpc(left));
                left != 0
            }
            None => {
                let left = millis(self.envoy);
                headers.insert(ENVOY_NAME, numerals::decimal(left));
                left != 0
            }
            Some(own) => {
                let left = millis(self.own);
                headers.insert(own, numerals::decimal(left));
                left != 0
            }
        }
    }
}

fn is_grpc(kind: &HeaderValue) -> bool {
    let rest = kind.as_bytes().strip_prefix(b"application/grpc");
    matches!(rest, Some([] | [b'+' | b';', ..]))
}

#[inline(never)]
fn shorten(
    shortest: &mut Option<u64>,
    value: &HeaderValue,
    read: fn(&str) -> Result<Timeout, WireError>,
) {
    let Ok(text) = value.to_str() else { return };
    if let Ok(timeout) = read(text) {
        let asked = clock::nanos(timeout.duration());
        *shortest = Some(shortest.map_or(asked, |shortest| shortest.min(asked)));
    }
}
