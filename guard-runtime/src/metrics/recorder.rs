//! How the recorder that is installed at the moment is called.

use core::panic::Location as Caller;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::metrics::{Key, Label, Level, Metadata, Recorder, with_recorder};

use crate::stack::wall::{Wall, WallKind};

/// Calls `tell` with the recorder. Its code is the user's: behind a wall, and its panics end here.
pub(super) fn to_recorder(tell: impl FnOnce(&dyn Recorder)) {
    let told = catch_unwind(AssertUnwindSafe(|| {
        let _wall = Wall::open_exact(WallKind::Shield, u64::MAX, Caller::caller());
        with_recorder(tell);
    }));
    if let Err(payload) = told {
        // Its destructor may panic as well.
        core::mem::forget(payload);
        _ = writeln!(
            std::io::stderr(),
            "loop guard: the recorder of metrics panicked; it is told again in a second"
        );
    }
}

pub(super) static METADATA: Metadata<'static> =
    Metadata::new("loop_guard", Level::INFO, Some(module_path!()));

/// A metric with labels, each a name and a value.
pub(crate) fn key<const N: usize>(
    metric: &'static str,
    labels: [(&'static str, &'static str); N],
) -> Key {
    let labels = labels.map(|(name, value)| Label::from_static_parts(name, value));
    Key::from_parts(metric, Vec::from(labels))
}

/// Sets a counter to its total. A recorder that is installed late thus gets everything, and nothing is counted twice.
pub(crate) fn count(recorder: &dyn Recorder, key: &Key, total: u64) {
    recorder.register_counter(key, &METADATA).absolute(total);
}

pub(crate) fn gauge(recorder: &dyn Recorder, key: &Key, value: u64) {
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 are there")]
    recorder.register_gauge(key, &METADATA).set(value as f64);
}
