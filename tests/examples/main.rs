//! The examples as their users run them, and the parts that they consist of.

mod alerts;
mod built;
mod cancellation;
mod every_trip;
mod gray_release;
mod observe;
mod payments;
mod quickstart;
mod quickstart_matcher;
mod server;
#[cfg(unix)]
mod server_end;
mod serving;

/// The parts of `examples/quickstart`: the example's own files, since cargo does not build an example together with
/// tests.
#[path = "../../examples/quickstart/matcher.rs"]
mod matcher;
#[path = "../../examples/quickstart/pattern.rs"]
mod pattern;
