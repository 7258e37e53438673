//! What became of the nodes of a shutdown, and when each of its phases began.
//!
//! A process ends with them, and may not see the next second: whoever tells their events publishes them at once.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Mutex;

use ::metrics::{Key, KeyName, Recorder, SharedString, Unit};

use crate::base::lock::lock;
use crate::metrics::recorder::{METADATA, count, label, to_recorder};

const NODES: &str = "loop_guard_shutdown_nodes_total";
const TOOK: &str = "loop_guard_shutdown_node_seconds";
const PHASES: &str = "loop_guard_shutdown_phase_seconds";

struct Book {
    /// By node and outcome: of several shutdowns, and of nodes of one name.
    nodes: BTreeMap<(&'static str, &'static str), u64>,
    /// Those that have ended, in the last shutdown.
    took: BTreeMap<&'static str, Duration>,
    phases: BTreeMap<&'static str, Duration>,
}

static BOOK: Mutex<Book> = Mutex::new(Book {
    nodes: BTreeMap::new(),
    took: BTreeMap::new(),
    phases: BTreeMap::new(),
});

/// A node has ended, or is waited for no longer.
pub(crate) fn stopped(node: &'static str, outcome: &'static str, took: Option<Duration>) {
    let mut book = lock(&BOOK);
    *book.nodes.entry((node, outcome)).or_default() += 1;
    if let Some(took) = took {
        book.took.insert(node, took);
    }
}

/// A phase has begun, so long after the shutdown.
pub(crate) fn phase(phase: &'static str, elapsed: Duration) {
    lock(&BOOK).phases.insert(phase, elapsed);
}

/// To the recorder that is installed, without what the ticker publishes.
pub(crate) fn publish() {
    to_recorder(tell);
}

/// To this recorder, if there was a shutdown.
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
        let labels = vec![label("node", node), label("outcome", outcome)];
        count(recorder, &Key::from_parts(NODES, labels), total);
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
    let key = Key::from_parts(name, vec![label(of.0, of.1)]);
    let gauge = recorder.register_gauge(&key, &METADATA);
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
