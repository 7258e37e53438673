//! Entry points: nothing around them counts.

use core::panic::Location as Caller;

use crate::base::reentry;
use crate::stack::current;
use crate::stack::wall::{Wall, WallKind};
use crate::trip::boundary::{self, Boundaries};
use crate::trip::log;

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
    // A trip noted for the wall's depth was of a scope that is gone, and not of one inside.
    log::forget(current::depth(), 0);
    Root {
        _wall: (!reentry::is_barred()).then(|| Wall::open_exact(WallKind::Root, u64::MAX, caller)),
        _boundaries: boundary::hide(),
    }
}
