//! A recorder that panics does not end the publications.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, checkpoint};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

static ASKED: AtomicU32 = AtomicU32::new(0);

struct Panics;

impl Recorder for Panics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        ASKED.fetch_add(1, Ordering::Relaxed);
        panic!("no counters here");
    }
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn the_ticker_outlives_a_recorder_that_panics() {
    metrics::set_global_recorder(Panics).unwrap();
    let trips = || {
        let budget = Budget::timeout(Duration::from_secs(1));
        budget.run(|| while checkpoint().is_ok() {}).unwrap();
    };
    while ASKED.load(Ordering::Relaxed) < 2 {
        trips();
    }
    // Only the ticker calls it.
    trips();
    while ASKED.load(Ordering::Relaxed) < 4 {
        thread::sleep(Duration::from_millis(10));
    }
}
