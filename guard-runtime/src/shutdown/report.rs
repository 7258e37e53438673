//! Why a shutdown began, and what became of each node.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use crate::base::getters::getters;

/// Why a process shuts down: the reason given to [`begin`](super::Shutdown::begin), or the name of a signal.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::shutdown::Shutdown;
///
/// let shutdown = Shutdown::new().grace(Duration::from_secs(5));
/// shutdown.node("cache", Duration::from_secs(1), |why| assert_eq!(why.as_str(), "deploy"));
/// shutdown.begin("deploy");
/// assert_eq!(shutdown.wait().reason().as_str(), "deploy");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(Arc<str>);

impl Reason {
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It ended within its budget.
    Done,
    /// A check in it found its budget spent, and it was left.
    Cut,
    /// It was still running when its budget was over, and reached no check. Those after it started.
    Overran,
    /// It panicked.
    Panicked,
    /// It is still running: its budget is not over, but a second signal cut the shutdown short.
    Running,
    /// Its users were still running when a second signal cut the shutdown short.
    NotStarted,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cut => "cut",
            Self::Overran => "overran",
            Self::Panicked => "panicked",
            Self::Running => "running",
            Self::NotStarted => "not started",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One node or flush hook, or the work in flight, of a [`Report`].
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) name: &'static str,
    pub(super) outcome: Outcome,
    pub(super) started: Duration,
    pub(super) budget: Duration,
    pub(super) took: Option<Duration>,
    pub(super) message: Option<String>,
}

impl Row {
    getters! {
        /// The name that it was registered with.
        name: &'static str,

        /// What became of it.
        outcome: Outcome,

        /// When it was started, from the beginning of the shutdown.
        started: Duration,

        /// How long it was allowed to take.
        budget: Duration,

        /// How long it took; `None` if it did not end.
        took: Option<Duration>,
    }

    /// The message of its panic, or the trip that cut it short.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// The result of a shutdown. Prints as a table: a line for the work in flight, and for each node and flush hook.
///
/// ```
/// use std::time::Duration;
/// use guard_runtime::shutdown::{Outcome, Shutdown};
///
/// let minute = Duration::from_secs(60);
/// let shutdown = Shutdown::new().grace(10 * minute).lame_duck(Duration::ZERO);
/// let database = shutdown.node("database", minute, |_| {}).at_least(minute / 2);
/// shutdown.node("server", minute, |_| {}).uses(&database);
/// shutdown.flush("log", || {});
///
/// shutdown.begin("maintenance");
/// let report = shutdown.wait();
/// assert_eq!(report.reason().as_str(), "maintenance");
/// assert_eq!(report.node("server"), Some(Outcome::Done));
/// let rows: Vec<_> = report.nodes().chain(report.flushes()).map(|row| row.name()).collect();
/// assert_eq!(rows, ["database", "server", "log"]);
/// assert!(report.is_clean());
/// ```
#[derive(Debug, Clone)]
pub struct Report {
    pub(super) reason: Reason,
    pub(super) took: Duration,
    pub(super) in_flight: Option<Row>,
    pub(super) nodes: Vec<Row>,
    pub(super) flushes: Vec<Row>,
}

impl Report {
    /// Why the shutdown began.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The time from its beginning until the last flush hook was over.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// What became of the node with this name, or of the first one if there are several; `None` if there is none.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<Outcome> {
        let mut nodes = self.nodes.iter();
        nodes.find(|row| row.name == name).map(Row::outcome)
    }

    /// What became of the [tracked](super::Shutdown::track) scopes that were open when new ones began to be
    /// refused; `None` if there were none. [`Cut`](Outcome::Cut) if some had to be told to stop, and
    /// [`Overran`](Outcome::Overran) if some of those were not left in time; the message tells how many.
    #[must_use]
    pub fn in_flight(&self) -> Option<&Row> {
        self.in_flight.as_ref()
    }

    /// The nodes, in the order in which they were registered.
    pub fn nodes(&self) -> impl Iterator<Item = &Row> {
        self.nodes.iter()
    }

    /// The flush hooks, in the order in which they were registered.
    pub fn flushes(&self) -> impl Iterator<Item = &Row> {
        self.flushes.iter()
    }

    /// Whether all work in flight, every node and every flush hook has ended by itself.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let mut rows = self.rows();
        rows.all(|row| row.outcome == Outcome::Done)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        let nodes = self.in_flight.iter().chain(&self.nodes);
        nodes.chain(&self.flushes)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = || self.rows();
        let name = rows().map(|row| row.name.len()).max().unwrap_or(0).max(4);
        write!(
            f,
            "shutdown ({}) took {:.1?}\n{:name$}  {:11}  {:>9}  {:>9}  {:>9}",
            self.reason, self.took, "node", "outcome", "started", "budget", "took"
        )?;
        for row in rows() {
            let took = row
                .took
                .map_or("-".to_owned(), |took| format!("{took:.1?}"));
            write!(
                f,
                "\n{:name$}  {:11}  {:>9}  {:>9}  {took:>9}",
                row.name,
                row.outcome,
                format!("{:.1?}", row.started),
                format!("{:.1?}", row.budget),
            )?;
            if let Some(message) = &row.message {
                write!(f, "  {message}")?;
            }
        }
        Ok(())
    }
}
