//! What was started through this crate: by whom and where, and what becomes of its panics.

use core::any::Any;
use core::cell::Cell;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

use crate::base::getters::getters;
use crate::base::location::Location;
use crate::base::lock::lock;
use crate::trip::event::Event;
use crate::trip::hook::{message, report};

/// A thread or a task that runs, and where it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    what: &'static str,
    location: Location,
}

impl Started {
    getters! {
        /// `thread`, `task` or `blocking task`.
        what: &'static str,

        /// Where it was started.
        location: Location,
    }
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} started at {}", self.what, self.location)
    }
}

/// What runs of each family. A family is a thread that wants to know what it has started, with all its descendants.
static RUNNING: Mutex<BTreeMap<u64, (u64, Started)>> = Mutex::new(BTreeMap::new());

/// Numbers for families and for what runs.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The family of the current thread or task; 0 if it has none.
    static FAMILY: Cell<u64> = const { Cell::new(0) };
}

/// The family of this thread, which it founds if it has none.
#[cfg(feature = "testing")]
pub(crate) fn found_family() -> u64 {
    if FAMILY.get() == 0 {
        FAMILY.set(NUMBERS.fetch_add(1, Ordering::Relaxed));
    }
    FAMILY.get()
}

/// What runs of a family, in the order in which it was started, each with its number.
#[cfg(feature = "testing")]
pub(crate) fn of_family(family: u64) -> Vec<(u64, Started)> {
    let running = lock(&RUNNING);
    let ours = running.iter().filter(|(_, (of, _))| *of == family);
    ours.map(|(number, (_, started))| (*number, *started))
        .collect()
}

/// Something that was started, until it ends.
pub(crate) struct RunningWork {
    family: u64,
    number: u64,
    started: Started,
    fate: Fate,
}

impl RunningWork {
    pub(crate) fn new(what: &'static str, location: Location) -> Self {
        let (family, number) = (FAMILY.get(), NUMBERS.fetch_add(1, Ordering::Relaxed));
        let started = Started { what, location };
        if family != 0 {
            lock(&RUNNING).insert(number, (family, started));
        }
        Self {
            family,
            number,
            started,
            fate: Fate::default(),
        }
    }

    /// What its handle shares with it.
    pub(crate) fn fate(&self) -> Fate {
        self.fate.clone()
    }

    /// Runs a part of it. A panic passes on to the code that joins it; if nobody will, it becomes an event.
    pub(crate) fn run<T>(&self, part: impl FnOnce() -> T) -> T {
        let family = FAMILY.replace(self.family);
        let outcome = catch_unwind(AssertUnwindSafe(part));
        FAMILY.set(family);
        outcome.unwrap_or_else(|payload| {
            self.fate.end(self.started, &*payload);
            resume_unwind(payload)
        })
    }
}

impl Drop for RunningWork {
    fn drop(&mut self) {
        if self.family != 0 {
            lock(&RUNNING).remove(&self.number);
        }
    }
}

/// Whether it will be joined, and whether it has panicked. Whichever is known last decides whether to report.
#[derive(Clone, Default)]
pub(crate) struct Fate(Arc<Mutex<Ending>>);

#[derive(Default)]
enum Ending {
    #[default]
    Open,
    /// Nobody will join.
    Detached,
    Panicked(Event),
}

impl Fate {
    fn end(&self, started: Started, payload: &(dyn Any + Send)) {
        let event = Event::WorkPanicked {
            what: started.what,
            location: started.location,
            message: message(payload),
        };
        let mut ending = lock(&self.0);
        if matches!(*ending, Ending::Detached) {
            drop(ending);
            report(&event);
        } else {
            *ending = Ending::Panicked(event);
        }
    }

    /// The handle is dropped without a join.
    pub(crate) fn detach(&self) {
        let before = core::mem::replace(&mut *lock(&self.0), Ending::Detached);
        if let Ending::Panicked(event) = before {
            report(&event);
        }
    }
}
