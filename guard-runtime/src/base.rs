//! What everything else stands on: the core or loom switch, places in source code, work that allocates.

pub(crate) mod reentry;
#[cfg_attr(
    guard_loom,
    allow(
        dead_code,
        unreachable_pub,
        reason = "models need no more than a number of it"
    )
)]
pub(crate) mod site;
pub(crate) mod sync;
