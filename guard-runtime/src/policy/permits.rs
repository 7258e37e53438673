//! What a bulkhead counts: the permits that are held, and the calls that wait for one.

use std::sync::{Mutex, Weak};

use crate::policy::queue::Queue;
use crate::policy::registry::{self, Register};
use crate::policy::status::BulkheadStatus;

pub(super) struct Permits {
    pub(super) queue: Queue,
    /// The name and the number of permits at the first call, for code that lists them.
    name: &'static str,
    count: u32,
}

impl Permits {
    pub(super) fn new(name: &'static str, count: u32) -> Self {
        Self {
            queue: Queue::new(),
            name,
            count,
        }
    }
}

impl Register for Permits {
    type Status = BulkheadStatus;

    fn status(&self) -> BulkheadStatus {
        let (held, waiting) = self.queue.counts();
        BulkheadStatus {
            name: self.name,
            permits: self.count,
            held,
            waiting,
        }
    }

    fn registry() -> &'static Mutex<Vec<Weak<Self>>> {
        static REGISTRY: Mutex<Vec<Weak<Permits>>> = Mutex::new(Vec::new());
        &REGISTRY
    }
}

/// The status of every bulkhead.
pub(crate) fn all() -> Vec<BulkheadStatus> {
    registry::all::<Permits>()
}
