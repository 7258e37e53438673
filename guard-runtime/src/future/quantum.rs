//! How long a task runs before it lets others run.

use crate::time::clock;
use crate::time::source::{self, Quantum};

/// Begins a quantum of so many nanoseconds; `MAX` leaves the present one.
pub(crate) fn begin(every: u64) {
    if every != u64::MAX {
        let since = clock::now();
        source::set_quantum(Quantum { every, since });
    }
}

pub(crate) fn is_over() -> bool {
    let end = source::quantum().end();
    end != u64::MAX && clock::now() >= end
}
