//! Deadlines on the wire: a request hands its budget on to the next process.
//!
//! What travels is a *duration*, the time that is left when the message is sent, never a time of day: two
//! machines agree on how long a second is, not on what time it is. Writing rounds down, so that the callee never
//! believes to have more than its caller.
//!
//! `timeout.rs` holds the value and its two notations: gRPC's `grpc-timeout` (`5S`, `250m`) and a plain number of
//! milliseconds, as Envoy's `x-envoy-expected-rq-timeout-ms`. It is built on nothing. `tower.rs` (feature `tower`) has the
//! layers that read and write it around services, and the scope of a request.

pub(crate) mod timeout;
#[cfg(feature = "tower")]
mod tower;

pub use timeout::{Timeout, WireError};
#[cfg(feature = "tower")]
pub use tower::{
    Client, DeadlineBody, DeadlineLayer, DeadlineService, SentFuture, ServedFuture, Server, detach,
    grpc_code, status,
};
