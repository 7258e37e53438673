//! The handle of a registered node: what the node uses, and what is left to it.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use super::state::Inner;
use crate::base::lock::lock;

/// A registered node, for others to name.
pub struct Node {
    pub(super) shutdown: Arc<Inner>,
    pub(super) index: usize,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = lock(&self.shutdown.state).nodes[self.index].name;
        f.debug_tuple("Node").field(&name).finish()
    }
}

impl Node {
    /// Declares that this node uses the `other` one, and is stopped before it.
    ///
    /// # Panics
    ///
    /// If the other node was registered later, or with another shutdown. So no cycle can be built.
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    /// use std::time::Duration;
    /// use guard_runtime::shutdown::Shutdown;
    ///
    /// let shutdown = Shutdown::new();
    /// let (stopped, order) = channel();
    /// let node = |name: &'static str| {
    ///     let stopped = stopped.clone();
    ///     shutdown.node(name, Duration::from_secs(1), move |_| stopped.send(name))
    /// };
    /// let database = node("database");
    /// let cache = node("cache").uses(&database);
    /// node("http").uses(&database).uses(&cache);
    ///
    /// shutdown.begin("end of the example");
    /// shutdown.wait();
    /// assert_eq!(order.try_iter().collect::<Vec<_>>(), ["http", "cache", "database"]);
    /// ```
    #[allow(clippy::must_use_candidate, reason = "the last call of a registration")]
    #[allow(
        clippy::return_self_not_must_use,
        reason = "the last call of a registration"
    )]
    pub fn uses(self, other: &Self) -> Self {
        assert!(
            Arc::ptr_eq(&self.shutdown, &other.shutdown),
            "a node can use nodes of its own shutdown only"
        );
        let mut state = lock(&self.shutdown.state);
        let name = |index: usize| state.nodes[index].name;
        assert!(
            other.index < self.index,
            "`{}` was registered before `{}`, so it cannot use it: register what is used first",
            name(self.index),
            name(other.index),
        );
        state.nodes[self.index].planned.uses.push(other.index);
        state.tell_if_too_short();
        drop(state);
        self
    }

    /// Sets how much time nodes that are stopped before it have to leave for it; a tenth of its budget by default.
    #[allow(clippy::must_use_candidate, reason = "the last call of a registration")]
    #[allow(
        clippy::return_self_not_must_use,
        reason = "the last call of a registration"
    )]
    pub fn at_least(self, least: Duration) -> Self {
        lock(&self.shutdown.state).nodes[self.index].planned.least = least;
        self
    }
}
