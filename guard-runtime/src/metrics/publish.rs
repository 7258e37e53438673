//! Publishes the totals of all threads to the recorder that is installed at the moment.

use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::BTreeMap;
#[cfg(feature = "policy")]
use std::sync::OnceLock;

use ::metrics::{Key, Recorder, SharedString, Unit};

use crate::alarm::alarms;
use crate::base::layout::WALL;
use crate::base::reentry;
use crate::base::site::Site;
use crate::metrics::ledger::{self, Ledger};
use crate::metrics::recorder::{METADATA, count, gauge, key, to_recorder};
use crate::stack::lease;

/// The time from one publication to the next, in nanoseconds.
const PERIOD: u64 = 1_000_000_000;

const ENTERED: &str = "loop_guard_entered_total";
const FIRED: &str = "loop_guard_fired_total";
const OVERDUE: &str = "loop_guard_overdue_total";
const ACTIVE: &str = "loop_guard_active";
const LATENCY: &str = "loop_guard_trip_latency_seconds";
const RUN: &str = "loop_guard_run_seconds";

/// Publishes if it is time to. Returns when it is time again. Called only on the ticker's thread.
pub(crate) fn turn(now: u64) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    if now >= NEXT.load(Ordering::Relaxed) {
        NEXT.store(now.saturating_add(PERIOD), Ordering::Relaxed);
        publish();
    }
    NEXT.load(Ordering::Relaxed)
}

/// Publishes more metrics to a recorder.
#[cfg(feature = "policy")]
type Tell = fn(&dyn Recorder);

/// The metrics of a room that is built on this one.
#[cfg(feature = "policy")]
static ALSO: OnceLock<Tell> = OnceLock::new();

/// Makes each publication call `tell` as well.
#[cfg(feature = "policy")]
pub(crate) fn tell_also(tell: Tell) {
    _ = ALSO.set(tell);
}

fn publish() {
    let numbers = reentry::bar(Totals::read);
    to_recorder(|recorder| {
        numbers.tell(recorder);
        #[cfg(feature = "policy")]
        if let Some(tell) = ALSO.get() {
            tell(recorder);
        }
        #[cfg(feature = "shutdown")]
        crate::metrics::shutdown::tell(recorder);
    });
}

/// All numbers at one moment.
struct Totals {
    /// By the name of the guard, which several sites can share.
    entered: BTreeMap<&'static str, u64>,
    active: usize,
    /// Nanoseconds.
    runs: Vec<(&'static str, u64)>,
    rare: Ledger,
}

impl Totals {
    fn read() -> Self {
        let (mut by_site, mut runs) = (Vec::new(), Vec::new());
        lease::each(|stack| {
            stack.table.each(|site, count| {
                let index = site as usize;
                if by_site.len() <= index {
                    by_site.resize(index + 1, 0);
                }
                by_site[index] += count;
            });
            runs.extend(stack.table.take_runs());
        });
        let mut entered = BTreeMap::new();
        for (site, count) in (0..).zip(by_site).filter(|(_, count)| *count != 0) {
            *entered.entry(Site::by_id(site).name()).or_default() += count;
        }
        let named = |(site, nanos)| (Site::by_id(site).name(), nanos);
        Self {
            entered,
            active: active(),
            runs: runs.into_iter().map(named).collect(),
            rare: ledger::read(),
        }
    }

    fn tell(&self, recorder: &dyn Recorder) {
        describe(recorder);
        for (guard, total) in &self.entered {
            count(recorder, &key(ENTERED, [("guard", guard)]), *total);
            // Published even if it is zero: a rate cannot be computed from a counter that begins above zero.
            let overdue = self.rare.overdue.get(guard).copied().unwrap_or(0);
            count(recorder, &key(OVERDUE, [("guard", guard)]), overdue);
        }
        for ((guard, cause), total) in &self.rare.fired {
            let key = key(FIRED, [("guard", guard), ("cause", cause)]);
            count(recorder, &key, *total);
        }
        gauge(recorder, &Key::from_static_name(ACTIVE), self.active as u64);
        for nanos in &self.rare.latencies {
            measure(recorder, &Key::from_static_name(LATENCY), *nanos);
        }
        for (guard, nanos) in &self.runs {
            measure(recorder, &key(RUN, [("guard", guard)]), *nanos);
        }
    }
}

/// The scopes that are open on threads and those of futures that wait, as a snapshot lists them.
fn active() -> usize {
    let (running, waiting) = alarms::waiting(|| {
        let mut running = 0;
        lease::each_busy(|_, stack| {
            let scopes = stack.read();
            let on = |site: &u32| site & WALL == 0 && !Site::by_id(*site).is_off();
            running += scopes.iter().filter(|(site, _)| on(site)).count();
        });
        running
    });
    running + waiting.iter().filter(|scope| !scope.site.is_off()).count()
}

fn measure(recorder: &dyn Recorder, key: &Key, nanos: u64) {
    let seconds = core::time::Duration::from_nanos(nanos).as_secs_f64();
    recorder.register_histogram(key, &METADATA).record(seconds);
}

fn describe(recorder: &dyn Recorder) {
    let (count, seconds) = (Some(Unit::Count), Some(Unit::Seconds));
    let text = SharedString::const_str;
    recorder.describe_counter(
        ENTERED.into(),
        count,
        text("Guarded scopes that were opened"),
    );
    recorder.describe_counter(FIRED.into(), count, text("Guarded scopes that tripped"));
    let overdue = "Guarded scopes that were past their deadline and came to no check";
    recorder.describe_counter(OVERDUE.into(), count, text(overdue));
    recorder.describe_gauge(ACTIVE.into(), count, text("Guarded scopes that are open"));
    let latency = "From the deadline of a scope to the check that tripped";
    recorder.describe_histogram(LATENCY.into(), seconds, text(latency));
    let run = "How long guarded scopes took, of one in 64";
    recorder.describe_histogram(RUN.into(), seconds, text(run));
}
