//! What became of the nodes of a shutdown, and when each of its phases began.
//!
//! The process may end before the next publication, so the thread that tells the events publishes these at once.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Mutex;

use ::metrics::{KeyName, Recorder, SharedString, Unit};

use crate::base::lock::lock;
use crate::metrics::recorder::{METADATA, count, key, to_recorder};

const NODES: &str = "loop_guard_shutdown_nodes_total";
const TOOK: &str = "loop_guard_shutdown_node_seconds";
const PHASES: &str = "loop_guard_shutdown_phase_seconds";

struct Book {
    /// By node and outcome, of all shutdowns; nodes can share a name.
    nodes: BTreeMap<(&'static str, &'static str), u64>,
    /// How long nodes took to end, the last one of each name.
    took: BTreeMap<&'static str, Duration>,
    phases: BTreeMap<&'static str, Duration>,
}

static BOOK: Mutex<Book> = Mutex::new(Book {
    nodes: BTreeMap::new(),
    took: BTreeMap::new(),
    phases: BTreeMap::new(),
});

/// Records that a node has ended, or is no longer waited for.
pub(crate) fn stopped(node: &'static str, outcome: &'static str, took: Option<Duration>) {
    let mut book = lock(&BOOK);
    *book.nodes.entry((node, outcome)).or_default() += 1;
    if let Some(took) = took {
        book.took.insert(node, took);
    }
}

/// Records that a phase has begun, this long after the beginning of the shutdown.
pub(crate) fn phase(phase: &'static str, elapsed: Duration) {
    lock(&BOOK).phases.insert(phase, elapsed);
}

/// Publishes them, without what the ticker publishes.
pub(crate) fn publish() {
    to_recorder(tell);
}

/// Publishes them to this recorder, if there was a shutdown.
pub(super) fn tell(recorder: &dyn Recorder) {
    let (nodes, took, phases) = {
        let book = lock(&BOOK);
        (book.nodes.clone(), book.took.clone(), book.phases.clone())
    };
    if phases.is_empty() {
        return;
    }
    describe(recorder);
    for ((node, outcome), total) in nodes {
        let key = key(NODES, [("node", node), ("outcome", outcome)]);
        count(recorder, &key, total);
    }
    for (node, took) in took {
        set(recorder, TOOK, ("node", node), took);
    }
    for (phase, elapsed) in phases {
        set(recorder, PHASES, ("phase", phase), elapsed);
    }
}

fn set(
    recorder: &dyn Recorder,
    name: &'static str,
    of: (&'static str, &'static str),
    time: Duration,
) {
    let gauge = recorder.register_gauge(&key(name, [of]), &METADATA);
    gauge.set(time.as_secs_f64());
}

fn describe(recorder: &dyn Recorder) {
    let name = KeyName::from_const_str;
    let text = SharedString::const_str;
    let nodes = "Nodes and flush hooks that a shutdown has stopped, and its work in flight";
    recorder.describe_counter(name(NODES), Some(Unit::Count), text(nodes));
    let took = "How long a node took to stop";
    recorder.describe_gauge(name(TOOK), Some(Unit::Seconds), text(took));
    let phases = "From the beginning of the shutdown to that of its phase";
    recorder.describe_gauge(name(PHASES), Some(Unit::Seconds), text(phases));
}
