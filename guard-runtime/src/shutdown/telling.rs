//! Events of a shutdown, told on a thread of their own, so that a hook that blocks, or a recorder of metrics, delays no node
//! and no flush hook.

use core::time::Duration;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use super::report::{Reason, Row};
#[cfg(feature = "metrics")]
use crate::metrics::shutdown as metrics;
use crate::trip::event::Event;
use crate::trip::hook;

pub(super) struct Teller {
    events: Sender<Event>,
    /// Closed once everything was told.
    told: Receiver<()>,
    reason: Reason,
    began: Instant,
}

impl Teller {
    pub(super) fn new(reason: Reason, began: Instant) -> Self {
        let (events, all) = mpsc::channel();
        let (telling, told) = mpsc::channel::<()>();
        let tell = move || {
            let _telling = telling;
            for event in all {
                hook::report(&event);
                #[cfg(feature = "metrics")]
                metrics::publish();
            }
        };
        // If no thread can be started, nobody is told; the report does not change.
        _ = thread::Builder::new()
            .name("shutdown events".to_owned())
            .spawn(tell);
        Self {
            events,
            told,
            reason,
            began,
        }
    }

    pub(super) fn phase(&self, phase: &'static str) {
        let elapsed = self.began.elapsed();
        #[cfg(feature = "metrics")]
        metrics::phase(phase, elapsed);
        self.tell(Event::ShutdownPhase {
            phase,
            reason: self.reason.as_str().to_owned(),
            elapsed,
        });
    }

    pub(super) fn stopped(&self, row: &Row) {
        #[cfg(feature = "metrics")]
        metrics::stopped(row.name, row.outcome.name(), row.took);
        self.tell(Event::NodeStopped {
            node: row.name,
            outcome: row.outcome.name(),
            budget: row.budget,
            took: row.took,
            message: row.message.clone(),
        });
    }

    fn tell(&self, event: Event) {
        _ = self.events.send(event);
    }

    /// Waits until everything was told, for at most `time`.
    pub(super) fn finish(self, time: Duration) {
        let Self { events, told, .. } = self;
        drop(events);
        _ = told.recv_timeout(time);
    }
}
