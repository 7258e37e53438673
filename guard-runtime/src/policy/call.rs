//! A call that a breaker let through, until its outcome is counted.

use crate::policy::around::{self, TimeBudget};
use crate::policy::circuit::Pass;
use crate::policy::meter::Meter;
use crate::policy::verdict::{self, Begun, Own, Verdict};

/// A call that was let through. Whatever becomes of it, it is counted.
pub(super) struct Call<'b> {
    meter: Meter<'b>,
    pass: Pass,
    own: Own,
    begun: Begun,
    way: Way,
    /// The budget of the scope around the first poll, once there was one.
    budget: Option<TimeBudget>,
}

#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// If this is dropped in this state, the call has panicked.
    Running,
    /// A future between two polls.
    Waiting,
    Ended,
}

impl<'b> Call<'b> {
    #[inline]
    pub(super) fn new(meter: Meter<'b>, pass: Pass, own: Own) -> Self {
        Self {
            meter,
            pass,
            own,
            begun: Begun {
                at: around::begin(meter.settings.slice),
                trips: around::trips(),
            },
            way: Way::Running,
            budget: None,
        }
    }

    /// The call has ended: by itself, with or without an error that counts, or by a trip (`None`).
    #[inline]
    pub(super) fn ended(&mut self, error: Option<bool>) {
        let quiet = error == Some(false) && around::trips() == self.begun.trips;
        // As long as the word has not moved, no deadline has passed, and the published time is unchanged.
        if quiet && around::is_coarse(self.meter.settings.slice) && !around::is_due() {
            self.way = Way::Ended;
            self.meter.count(self.pass, Verdict::Success, self.begun.at);
        } else {
            self.count(verdict::on_return(self.begun, self.own, error));
        }
    }

    #[cold]
    #[inline(never)]
    fn count(&mut self, verdict: Verdict) {
        self.way = Way::Ended;
        self.meter.count(self.pass, verdict, self.meter.now());
    }

    pub(super) fn suspend(&mut self) {
        if self.budget.is_none() {
            self.budget = around::budget();
        }
        self.begun.trips = around::trips();
        self.way = Way::Waiting;
    }

    pub(super) fn resume(&mut self) {
        self.begun.trips = around::trips();
        self.way = Way::Running;
    }
}

impl Drop for Call<'_> {
    #[inline]
    fn drop(&mut self) {
        match self.way {
            Way::Ended => {}
            Way::Waiting => self.count(verdict::on_drop(self.begun, self.budget)),
            Way::Running => self.count(Verdict::Failure),
        }
    }
}
