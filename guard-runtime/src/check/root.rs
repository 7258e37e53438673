//! Entry points: nothing around them counts.

use core::panic::Location as Caller;

use crate::base::reentry;
use crate::stack::wall::{Wall, WallKind};
use crate::trip::boundary::{self, Boundaries};

/// Hides the scopes around it and the boundaries to which trips unwind, until it is dropped.
#[doc(hidden)]
#[must_use]
pub struct Root {
    /// `None` while the runtime itself allocates: there is no scope then, and no check.
    _wall: Option<Wall>,
    _boundaries: Boundaries,
}

/// Opens an entry point.
#[doc(hidden)]
#[track_caller]
pub fn root() -> Root {
    let caller = Caller::caller();
    Root {
        _wall: (!reentry::is_barred()).then(|| Wall::open_exact(WallKind::Root, u64::MAX, caller)),
        _boundaries: boundary::hide(),
    }
}
