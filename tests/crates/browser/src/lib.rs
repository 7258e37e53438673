//! Empty: `tests/examples/observe.rs` runs `tests/page.rs`, after it has started the service that the test looks at.
