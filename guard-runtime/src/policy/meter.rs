//! A breaker without its judge: lets calls through and counts how they ended.

use core::panic::Location as Caller;
use core::time::Duration;
use std::sync::{Mutex, Weak};

use crate::policy::around;
use crate::policy::circuit::{Circuit, NEVER, Pass};
use crate::policy::refusal::refusal;
use crate::policy::registry::{self, Register};
use crate::policy::settings::Settings;
use crate::policy::status::BreakerStatus;
#[cfg(feature = "metrics")]
use crate::policy::tally;
use crate::policy::verdict::{Own, Verdict};
use crate::policy::window::Window;
use crate::time::clock::nanos;
use crate::trip::hook;
use crate::trip::policy_event::{PolicyEvent, State};
use crate::trip::tripped::{Cause, Tripped};

/// If the window holds fewer calls than `min_calls`, this many failures in a row open the breaker.
const IN_A_ROW: u32 = 5;

/// The state of a breaker, and how its calls ended.
pub(super) struct Counts {
    circuit: Circuit,
    window: Window,
    /// The settings at the first call, for code that lists them.
    settings: Settings,
}

impl Register for Counts {
    type Status = BreakerStatus;

    fn status(&self) -> BreakerStatus {
        let (now, settings) = (around::now(), &self.settings);
        let pass = self.circuit.pass();
        let (calls, failures) =
            pass.map_or((0, 0), |pass| self.window.sum(pass, settings.slice_at(now)));
        BreakerStatus {
            name: settings.name,
            state: self.circuit.state(now),
            calls,
            failures,
            retry_after: self.circuit.refuses_for(now).map(retry_after),
        }
    }

    fn registry() -> &'static Mutex<Vec<Weak<Self>>> {
        static REGISTRY: Mutex<Vec<Weak<Counts>>> = Mutex::new(Vec::new());
        &REGISTRY
    }
}

impl Counts {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            circuit: Circuit::new(),
            window: Window::new(),
            settings: *settings,
        }
    }

    pub(super) fn state(&self) -> State {
        self.circuit.state(around::now())
    }
}

/// The status of every breaker.
pub(crate) fn all() -> Vec<BreakerStatus> {
    registry::all::<Counts>()
}

/// The duration of this many nanoseconds; [`NEVER`] becomes the longest one.
fn retry_after(nanos: u64) -> Duration {
    if nanos == NEVER {
        Duration::MAX
    } else {
        Duration::from_nanos(nanos)
    }
}

/// Both halves of a breaker, as one of its calls sees them.
#[derive(Clone, Copy)]
pub(super) struct Meter<'b> {
    pub(super) settings: &'b Settings,
    pub(super) counts: &'b Counts,
}

impl Meter<'_> {
    /// The time, as precise as the window needs it.
    #[inline]
    pub(super) fn now(self) -> u64 {
        around::now_within(self.settings.slice)
    }

    /// Lets a call through or refuses it.
    #[inline]
    pub(super) fn admit(self, own: Own, caller: &'static Caller<'static>) -> Result<Pass, Tripped> {
        match self.counts.circuit.pass() {
            Some(pass) => Ok(pass),
            None => self.probe(own, caller),
        }
    }

    #[cold]
    #[inline(never)]
    fn probe(self, own: Own, caller: &'static Caller<'static>) -> Result<Pass, Tripped> {
        let left = around::remaining().map_or(NEVER, nanos);
        let lease = left.min(self.settings.open_for);
        let admitted = self.counts.circuit.admit(around::now(), lease);
        let (pass, is_first) = admitted.map_err(|after| {
            let cause = Cause::Refused {
                retry_after: retry_after(after),
            };
            refusal((self.settings.name, "breaker"), own, caller, cause)
        })?;
        if is_first {
            self.changed(State::Open, State::HalfOpen);
        }
        Ok(pass)
    }

    /// Reports that the breaker has changed its state.
    fn changed(self, from: State, to: State) {
        let name = self.settings.name;
        #[cfg(feature = "metrics")]
        if to == State::Open {
            tally::opened(name);
        }
        hook::policy(PolicyEvent::BreakerChanged { name, from, to });
    }

    /// Closes it, or opens it until it is reset.
    pub(super) fn force(self, to: State) {
        let from = self.counts.circuit.force(to == State::Closed);
        if from != to {
            self.changed(from, to);
        }
    }

    /// Counts a call that was let through and ended at the time `now`.
    #[inline]
    pub(super) fn count(self, pass: Pass, verdict: Verdict, now: u64) {
        if pass.is_probe() {
            return self.count_probe(pass, verdict);
        }
        match verdict {
            Verdict::Success => {
                let slice = self.settings.slice_at(now);
                if self
                    .counts
                    .window
                    .add(&self.counts.circuit, pass, slice, false)
                {
                    self.counts.circuit.succeeded(pass);
                }
            }
            Verdict::Failure => self.count_failure(pass, now),
            Verdict::Neutral => {}
        }
    }

    #[cold]
    #[inline(never)]
    fn count_failure(self, pass: Pass, now: u64) {
        let slice = self.settings.slice_at(now);
        if !self
            .counts
            .window
            .add(&self.counts.circuit, pass, slice, true)
        {
            return;
        }
        let Some(in_a_row) = self.counts.circuit.failed(pass) else {
            return;
        };
        let (calls, failed) = self.counts.window.sum(pass, slice);
        let is_enough = if calls < self.settings.min_calls {
            in_a_row >= IN_A_ROW
        } else {
            #[allow(clippy::cast_precision_loss, reason = "of a rate")]
            let needed = self.settings.rate * calls as f64;
            #[allow(clippy::cast_precision_loss, reason = "of a rate")]
            let failed = failed as f64;
            failed >= needed
        };
        if is_enough {
            self.open(pass);
        }
    }

    #[cold]
    #[inline(never)]
    fn count_probe(self, pass: Pass, verdict: Verdict) {
        match verdict {
            Verdict::Success => {
                let successes = self.settings.successes;
                if self.counts.circuit.probe_succeeded(pass, successes) {
                    self.changed(State::HalfOpen, State::Closed);
                }
            }
            Verdict::Failure => self.open(pass),
            Verdict::Neutral => self.counts.circuit.release(pass),
        }
    }

    fn open(self, pass: Pass) {
        let span = |level| self.settings.open_time(level);
        if self.counts.circuit.open(pass, around::now(), span) {
            let from = if pass.is_probe() {
                State::HalfOpen
            } else {
                State::Closed
            };
            self.changed(from, State::Open);
        }
    }
}
