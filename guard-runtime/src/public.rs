//! The public names.

pub use crate::base::location::Location;
pub use crate::budget::Budget;
pub use crate::check::query::{checkpoint, deadline, remaining};
pub use crate::cleanup::deferred::{Deferred, Exit, defer};
pub use crate::cleanup::shield::{shield, shield_for};
#[cfg(feature = "tokio")]
pub use crate::context::adaptors::guarded::GuardedStream;
pub use crate::context::adaptors::guarded::{Guarded, GuardedIterator};
pub use crate::context::adaptors::last::tripped;
pub use crate::context::cancel::Cancel;
pub use crate::context::token::handle::{CancelToken, Cancelled};
pub use crate::observe::snapshot::{OpenScope, Snapshot, snapshot};
pub use crate::trip::hook::{Event, set_hook};
pub use crate::trip::tripped::{Cause, Tripped};
#[cfg(feature = "macros")]
pub use guard_macros::loop_guard;

/// Readers and writers that check.
pub mod io {
    pub use crate::context::adaptors::checked::Checked;
}
