//! The public names.

pub use crate::base::location::Location;
pub use crate::base::site::Mode;
pub use crate::budget::limits::{Budget, Limits};
pub use crate::cancel::asked::{Cancel, IntoCancel};
pub use crate::cancel::token::{CancelToken, Cancelled};
pub use crate::check::probe::FromTripped;
pub use crate::check::query::{checkpoint, deadline, remaining};
pub use crate::cleanup::deferred::{Deferred, Exit, defer};
pub use crate::cleanup::shield::{shield, shield_for};
#[cfg(feature = "tokio")]
pub use crate::context::guarded::GuardedStream;
pub use crate::context::guarded::{Guarded, GuardedIterator};
pub use crate::context::handover::Context;
pub use crate::context::last::tripped;
pub use crate::context::waits::{Every, every, sleep, wait};
pub use crate::mode::pattern::PatternError;
pub use crate::mode::set_mode;
pub use crate::observe::snapshot::{OpenScope, Place, Snapshot, snapshot};
pub use crate::trip::event::Event;
pub use crate::trip::hook::{Hook, add_hook, set_hook, take_hook};
pub use crate::trip::tripped::{Cause, Tripped, Use};
pub use crate::trip::why::Why;
#[cfg(feature = "macros")]
pub use guard_macros::loop_guard;

/// Readers and writers that check budgets.
pub mod io {
    pub use crate::context::checked::Checked;
}

/// Threads that inherit the scopes of the code that starts them.
pub mod thread {
    pub use crate::context::threads::{JoinHandle, Scope, scope, spawn};
}

/// Tasks of tokio that inherit the scopes of the code that starts them (feature `tokio`).
#[cfg(feature = "tokio")]
pub mod task {
    pub use crate::context::tasks::{JoinHandle, spawn, spawn_blocking};
}
