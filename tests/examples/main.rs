//! The examples as their users meet them, and what they are made of.

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

/// What `examples/quickstart` is made of: the example's own files, since cargo builds an example or its tests.
#[path = "../../examples/quickstart/matcher.rs"]
mod matcher;
#[path = "../../examples/quickstart/pattern.rs"]
mod pattern;
