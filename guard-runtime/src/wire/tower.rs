//! The budget of a request, as layers around services (feature `tower`).
//!
//! | file | what it is |
//! |---|---|
//! | `layer.rs` | [`DeadlineLayer`], as it is built |
//! | `header.rs` | which headers carry a timeout, and how they are read and written |
//! | `numerals.rs` | timeouts as the values of headers |
//! | `server.rs` | the scope of a request that arrives, until its response is there |
//! | `body.rs` | the same scope, while the response's body is sent |
//! | `answer.rs` | how a peer is told of a trip |
//! | `client.rs` | what is left of the budget, on an outgoing request |
//!
//! A layer has no timer: the scope's alarm wakes the task, as for any guarded future.

mod answer;
mod body;
mod client;
mod header;
mod layer;
mod numerals;
mod server;

pub use answer::{grpc_code, status};
pub use body::{DeadlineBody, detach};
pub use client::SentFuture;
pub use layer::{Client, DeadlineLayer, DeadlineService, Server};
pub use server::ServedFuture;
