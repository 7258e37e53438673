//! The metrics of policies, for the `metrics` facade (feature `metrics`).
//!
//! The documentation of the crate lists them. A refusal is a trip, and counts as one, under the name of the policy.
//! Policies that share a name share its numbers. A name that was published once is published for as long as the process
//! lives, as zero once the last policy of that name is gone.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ::metrics::{Key, Label, Recorder, SharedString, Unit};

use crate::base::lock::lock;
use crate::base::reentry;
use crate::driver;
use crate::metrics::publish;
use crate::metrics::recorder::{count, gauge, key};
use crate::policy::around;
use crate::policy::meter;
use crate::policy::permits;
use crate::policy::tally;
use crate::trip::policy_event::State;

const STATE: &str = "loop_guard_breaker_state";
const OPENED: &str = "loop_guard_breaker_opened_total";
const PERMITS: &str = "loop_guard_bulkhead_permits";
const HELD: &str = "loop_guard_bulkhead_held";
const WAITING: &str = "loop_guard_bulkhead_waiting";
const RETRIES: &str = "loop_guard_retries_total";

/// How many breakers are closed, open and half-open.
type States = [u32; 3];

/// Permits, those that are held, and waiters.
#[derive(Default, Clone, Copy)]
struct PermitGauges(u64, u64, u64);

/// By the names of policies; a name that was published once stays.
#[derive(Default, Clone)]
struct Gauges {
    breakers: BTreeMap<&'static str, States>,
    bulkheads: BTreeMap<&'static str, PermitGauges>,
}

/// Makes the ticker publish them from now on, even if no scope is ever opened.
pub(super) fn begin() {
    publish::tell_also(tell);
    driver::request(around::now());
}

/// The gauges as they are now.
fn gauges() -> Gauges {
    static TOLD: Mutex<Option<Gauges>> = Mutex::new(None);
    let (breakers, bulkheads) = (meter::all(), permits::all());
    reentry::bar(|| {
        let mut told = lock(&TOLD);
        let gauges = told.get_or_insert_default();
        gauges
            .breakers
            .values_mut()
            .for_each(|states| *states = States::default());
        gauges
            .bulkheads
            .values_mut()
            .for_each(|permits| *permits = PermitGauges::default());
        for breaker in breakers {
            let states = gauges.breakers.entry(breaker.name()).or_default();
            states[index(breaker.state())] += 1;
        }
        for bulkhead in bulkheads {
            let of_name = gauges.bulkheads.entry(bulkhead.name()).or_default();
            of_name.0 += u64::from(bulkhead.permits());
            of_name.1 += u64::from(bulkhead.held());
            of_name.2 += bulkhead.waiting() as u64;
        }
        gauges.clone()
    })
}

fn index(state: State) -> usize {
    match state {
        State::Closed => 0,
        State::Open => 1,
        State::HalfOpen => 2,
    }
}

fn tell(recorder: &dyn Recorder) {
    let (gauges, totals) = (gauges(), tally::read());
    describe(recorder);
    for (name, states) in &gauges.breakers {
        for (state, how_many) in ["closed", "open", "half_open"].into_iter().zip(states) {
            let key = key(STATE, [("breaker", name), ("state", state)]);
            gauge(recorder, &key, u64::from(*how_many));
        }
        // Published even if it is zero: a rate cannot be computed from a counter that begins above zero.
        let opened = totals.opened.get(name).copied().unwrap_or(0);
        count(recorder, &key(OPENED, [("breaker", name)]), opened);
    }
    for (name, PermitGauges(permits, held, waiting)) in &gauges.bulkheads {
        gauge(recorder, &key(PERMITS, [("bulkhead", name)]), *permits);
        gauge(recorder, &key(HELD, [("bulkhead", name)]), *held);
        gauge(recorder, &key(WAITING, [("bulkhead", name)]), *waiting);
    }
    for (location, retries) in &totals.retries {
        let labels = vec![Label::new("location", location.to_string())];
        count(recorder, &Key::from_parts(RETRIES, labels), *retries);
    }
}

fn describe(recorder: &dyn Recorder) {
    let (unit, text) = (Some(Unit::Count), SharedString::const_str);
    recorder.describe_gauge(STATE.into(), unit, text("Breakers that are in this state"));
    recorder.describe_counter(OPENED.into(), unit, text("How often breakers have opened"));
    recorder.describe_gauge(PERMITS.into(), unit, text("Permits of bulkheads"));
    recorder.describe_gauge(
        HELD.into(),
        unit,
        text("Permits of bulkheads that calls hold"),
    );
    let waiting = "Calls that wait for a permit of a bulkhead";
    recorder.describe_gauge(WAITING.into(), unit, text(waiting));
    let retries = "Attempts of retries after the first one";
    recorder.describe_counter(RETRIES.into(), unit, text(retries));
}
