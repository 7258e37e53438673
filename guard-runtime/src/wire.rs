//! Deadlines on the wire: a request passes its budget on to the next process.
//!
//! What travels is a *duration*, the time that is left when the message is sent, never a time of day: two machines
//! agree on how long a second is, but not on what time it is. Writing rounds down, so the callee never believes
//! that it has more time than its caller.
//!
//! `timeout.rs` holds the value and its two notations: gRPC's `grpc-timeout` (`5S`, `250m`) and a plain number of
//! milliseconds, like Envoy's `x-envoy-expected-rq-timeout-ms`. It depends on no other file. `tower.rs` (feature
//! `tower`) has the layers that read and write it around services, and the scope of a request.

pub(crate) mod timeout;
#[cfg(feature = "tower")]
mod tower;

pub use timeout::{Timeout, WireError};
#[cfg(feature = "tower")]
pub use tower::{
    Client, DeadlineBody, DeadlineLayer, DeadlineService, SentFuture, ServedFuture, Server, detach,
    grpc_code, status,
};
