//! Rare events: trips, overdue scopes, and how late trips were.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::base::lock::lock;
use crate::base::reentry;

/// A guard, and the cause of its trip in one word.
pub(crate) type Fired = (&'static str, &'static str);

/// How many latencies are kept until they are published.
const ROOM: usize = 4096;

/// The numbers since the process began.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) fired: BTreeMap<Fired, u64>,
    pub(crate) overdue: BTreeMap<&'static str, u64>,
    /// Latencies in nanoseconds since the last publication.
    pub(crate) latencies: Vec<u64>,
}

static LEDGER: Mutex<Ledger> = Mutex::new(Ledger {
    fired: BTreeMap::new(),
    overdue: BTreeMap::new(),
    latencies: Vec::new(),
});

/// The lock cannot be taken twice by one thread: nothing trips in a guarded allocator that this calls.
fn write(change: impl FnOnce(&mut Ledger)) {
    reentry::bar(|| change(&mut lock(&LEDGER)));
}

/// Records that a scope of this guard has tripped.
pub(crate) fn fired(guard: &'static str, cause: &'static str) {
    write(|ledger| *ledger.fired.entry((guard, cause)).or_default() += 1);
}

/// Records that a scope of this guard is overdue.
pub(crate) fn overdue(guard: &'static str) {
    write(|ledger| *ledger.overdue.entry(guard).or_default() += 1);
}

/// Records that a trip came this many nanoseconds after its deadline.
pub(crate) fn late(nanos: u64) {
    write(|ledger| {
        if ledger.latencies.len() < ROOM {
            ledger.latencies.push(nanos);
        }
    });
}

/// The totals, and the latencies since the last call.
pub(crate) fn read() -> Ledger {
    let mut ledger = lock(&LEDGER);
    let latencies = core::mem::take(&mut ledger.latencies);
    Ledger {
        fired: ledger.fired.clone(),
        overdue: ledger.overdue.clone(),
        latencies,
    }
}
