//! Nothing: `tests/page.rs` is run by `tests/examples/observe.rs`, which starts what it looks at.
