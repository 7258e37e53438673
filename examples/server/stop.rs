//! What ends the server: Ctrl-C, or SIGTERM where there are signals.

use std::io;
use std::task::Context;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens from its making on, so that no signal after it ends the process.
pub(crate) struct Stop {
    #[cfg(unix)]
    signals: [Signal; 2],
    #[cfg(not(unix))]
    ctrl_c: std::pin::Pin<Box<dyn Future<Output = io::Result<()>>>>,
}

impl Stop {
    #[cfg(unix)]
    pub(crate) fn new() -> io::Result<Self> {
        let signals = [
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        ];
        Ok(Self { signals })
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> io::Result<Self> {
        let ctrl_c = Box::pin(tokio::signal::ctrl_c());
        Ok(Self { ctrl_c })
    }

    /// Whether one has come; if not, the task is woken by the first.
    #[cfg(unix)]
    pub(crate) fn has_come(&mut self, context: &mut Context<'_>) -> bool {
        let came = |signal: &mut Signal| signal.poll_recv(context).is_ready();
        self.signals.iter_mut().any(came)
    }

    #[cfg(not(unix))]
    pub(crate) fn has_come(&mut self, context: &mut Context<'_>) -> bool {
        self.ctrl_c.as_mut().poll(context).is_ready()
    }
}
