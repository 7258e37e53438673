//! How a peer is told of a trip.

use core::fmt::Write;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::trip::tripped::{Cause, Tripped};

static GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
static GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// The HTTP status for this trip: 504 if the request ran out of time, 503 if it was stopped or refused, or ran out
/// of another budget.
///
/// ```
/// use guard_runtime::{Budget, checkpoint, wire};
/// use std::time::Duration;
///
/// let spent = Budget::timeout(Duration::from_millis(1)).run(|| loop {
///     if let Err(tripped) = checkpoint() {
///         break tripped;
///     }
/// });
/// let tripped = spent.unwrap();
/// assert_eq!(wire::status(&tripped), http::StatusCode::GATEWAY_TIMEOUT);
/// assert_eq!(wire::grpc_code(&tripped), 4); // DEADLINE_EXCEEDED
/// ```
#[must_use]
pub fn status(tripped: &Tripped) -> StatusCode {
    match grpc_code(tripped) {
        DEADLINE_EXCEEDED => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

const CANCELLED: i32 = 1;
const DEADLINE_EXCEEDED: i32 = 4;
const RESOURCE_EXHAUSTED: i32 = 8;
const UNAVAILABLE: i32 = 14;

/// The gRPC code for this trip: `DEADLINE_EXCEEDED` (4) if the request ran out of time, `CANCELLED` (1),
/// `UNAVAILABLE` (14) if a breaker refused it or the process shuts down, `RESOURCE_EXHAUSTED` (8) for all other
/// budgets and for a bulkhead that is full.
///
/// See [`status`] for an example.
#[must_use]
pub fn grpc_code(tripped: &Tripped) -> i32 {
    // Without a wildcard, so that every new cause needs a decision.
    match tripped.cause() {
        Cause::Timeout { .. } | Cause::All { .. } => DEADLINE_EXCEEDED,
        Cause::Cancelled { .. } | Cause::ScopeEnded => CANCELLED,
        Cause::Refused { .. } | Cause::Shutdown => UNAVAILABLE,
        Cause::Iterations { .. } | Cause::Cpu { .. } | Cause::Depth { .. } | Cause::Full => {
            RESOURCE_EXHAUSTED
        }
    }
}

/// The trailers of a gRPC body that was cut short.
pub(super) fn trailers(tripped: &Tripped) -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(2);
    tell(&mut trailers, tripped);
    trailers
}

/// Tells the peer why, but not where in our code.
pub(super) fn tell(headers: &mut HeaderMap, tripped: &Tripped) {
    headers.insert(&GRPC_STATUS, HeaderValue::from(grpc_code(tripped)));
    let message = encoded(&format!("{} {}", tripped.scope(), tripped.cause()));
    if let Ok(message) = HeaderValue::try_from(message) {
        headers.insert(&GRPC_MESSAGE, message);
    }
}

/// Encodes the text for `grpc-message`: printable ASCII, with all other bytes and `%` as `%XX`.
fn encoded(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for byte in message.bytes() {
        match byte {
            b'%' => text.push_str("%25"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => _ = write!(text, "%{byte:02X}"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn messages_are_printable() {
        assert_eq!(encoded("ran out: 5ms"), "ran out: 5ms");
        assert_eq!(encoded("100 %, 7µs\n"), "100 %25, 7%C2%B5s%0A");
    }
}
