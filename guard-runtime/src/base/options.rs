//! What few sites have.

/// Settings that few sites have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Options {
    /// The share of the time at which a warning is sent, in millionths; 0 for no warning.
    pub(crate) warn_at: u32,
    pub(crate) on_overdue: OnOverdue,
    /// Whether time in which the process stood still does not count.
    pub(crate) ignores_pauses: bool,
    /// Whether the time limit of its scopes came from a peer.
    pub(crate) remote: bool,
    /// Whether its scopes need a frame even while they are off.
    pub(crate) framed: bool,
}

impl Options {
    pub(crate) const NONE: Self = Self {
        warn_at: 0,
        on_overdue: OnOverdue::Report,
        ignores_pauses: false,
        remote: false,
        framed: false,
    };
}

/// What the watchdog does about an overdue scope, besides reporting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(hidden)]
pub enum OnOverdue {
    /// Nothing.
    Report,
    /// It stops notifying the service manager, which then restarts the process.
    Restart,
    /// It aborts the process.
    Abort,
}
