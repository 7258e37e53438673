//! A breaker without its judge: lets calls through and counts how they ended.

use core::panic::Location as Caller;
use core::time::Duration;

use crate::base::sync::const_fn;
use crate::policy::around;
use crate::policy::circuit::{Circuit, NEVER, Pass};
use crate::policy::refusal::refusal;
use crate::policy::settings::{Settings, nanos};
use crate::policy::verdict::{Own, Verdict};
use crate::policy::window::Window;
use crate::trip::hook;
use crate::trip::policy_event::{PolicyEvent, State};
use crate::trip::tripped::{Cause, Tripped};

/// With fewer calls in the window than `min_calls`, so many failures in a row open the breaker.
const IN_A_ROW: u32 = 5;

pub(super) struct Meter {
    pub(super) circuit: Circuit,
    window: Window,
    pub(super) settings: Settings,
}

impl Meter {
    const_fn! {
        pub(super) fn new() -> Self {
            Self {
                circuit: Circuit::new(),
                window: Window::new(),
                settings: Settings::DEFAULT,
            }
        }
    }

    /// The time, as fine as the window needs it.
    #[inline]
    pub(super) fn now(&self) -> u64 {
        around::now_within(self.settings.slice)
    }

    pub(super) fn state(&self) -> State {
        self.circuit.state(around::now())
    }

    /// Lets a call through, or not.
    #[inline]
    pub(super) fn admit(
        &self,
        own: Own,
        caller: &'static Caller<'static>,
    ) -> Result<Pass, Tripped> {
        match self.circuit.pass() {
            Some(pass) => Ok(pass),
            None => self.probe(own, caller),
        }
    }

    #[cold]
    #[inline(never)]
    fn probe(&self, own: Own, caller: &'static Caller<'static>) -> Result<Pass, Tripped> {
        let left = around::remaining().map_or(NEVER, nanos);
        let lease = left.min(self.settings.open_for);
        let admitted = self.circuit.admit(around::now(), lease);
        let (pass, is_first) = admitted.map_err(|after| {
            let retry_after = if after == NEVER {
                Duration::MAX
            } else {
                Duration::from_nanos(after)
            };
            let cause = Cause::Refused { retry_after };
            refusal((self.settings.name, "breaker"), own, caller, cause)
        })?;
        if is_first {
            self.changed(State::Open, State::HalfOpen);
        }
        Ok(pass)
    }

    /// Tells that it has changed its state.
    fn changed(&self, from: State, to: State) {
        let name = self.settings.name;
        hook::policy(PolicyEvent::BreakerChanged { name, from, to });
    }

    /// Closes it, or opens it for good.
    pub(super) fn force(&self, to: State) {
        let from = self.circuit.force(to == State::Closed);
        if from != to {
            self.changed(from, to);
        }
    }

    /// Counts a call that was let through and ended at the time `now`.
    #[inline]
    pub(super) fn count(&self, pass: Pass, verdict: Verdict, now: u64) {
        if pass.is_probe() {
            return self.count_probe(pass, verdict);
        }
        match verdict {
            Verdict::Success => {
                let slice = self.settings.slice_at(now);
                if self.window.add(&self.circuit, pass, slice, false) {
                    self.circuit.succeeded(pass);
                }
            }
            Verdict::Failure => self.count_failure(pass, now),
            Verdict::Neutral => {}
        }
    }

    #[cold]
    #[inline(never)]
    fn count_failure(&self, pass: Pass, now: u64) {
        let slice = self.settings.slice_at(now);
        if !self.window.add(&self.circuit, pass, slice, true) {
            return;
        }
        let Some(in_a_row) = self.circuit.failed(pass) else {
            return;
        };
        let (calls, failed) = self.window.sum(pass, slice);
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
    fn count_probe(&self, pass: Pass, verdict: Verdict) {
        match verdict {
            Verdict::Success => {
                let successes = self.settings.successes;
                if self.circuit.probe_succeeded(pass, successes) {
                    self.changed(State::HalfOpen, State::Closed);
                }
            }
            Verdict::Failure => self.open(pass),
            Verdict::Neutral => self.circuit.release(pass),
        }
    }

    fn open(&self, pass: Pass) {
        let span = |level| self.settings.open_time(level);
        if self.circuit.open(pass, around::now(), span) {
            let from = if pass.is_probe() {
                State::HalfOpen
            } else {
                State::Closed
            };
            self.changed(from, State::Open);
        }
    }
}
