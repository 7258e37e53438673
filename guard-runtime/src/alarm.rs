//! Who is woken when: scopes of futures that wait.

pub(crate) mod list;
#[cfg(feature = "tokio")]
pub(crate) mod timer;
pub(crate) mod waiting;
