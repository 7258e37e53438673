//! Paired rounds: a disturbance of the machine affects all copies of a kernel alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use guard_runtime::Budget;

use crate::Kernel;
use crate::data::Data;

/// How many times as long as the plain copy each guarded one takes.
pub(crate) struct Ratios {
    pub(crate) guarded: [f64; 2],
    /// The median distance of the plain copy's ratio to itself from 1, over all rounds.
    pub(crate) spread: f64,
    pub(crate) plain: Duration,
}

/// The shortest time of a sample.
const SAMPLE: Duration = Duration::from_micros(100);

/// Calls a copy this many times, in a scope, so that there is something to inherit.
pub(crate) fn run(kernel: &Kernel, mode: usize, data: &mut Data, calls: u32) -> (Duration, u64) {
    let timed = || {
        let (start, mut result) = (Instant::now(), 0);
        for _ in 0..calls {
            result = black_box((kernel.runs[mode])(black_box(data)));
        }
        (start.elapsed(), result)
    };
    let scope = Budget::timeout(Duration::from_secs(3600)).run(timed);
    scope.expect("nothing takes an hour")
}

/// Panics if a guarded copy computes something else.
pub(crate) fn verify(kernel: &Kernel, fresh: &Data) {
    let outcome = |mode| {
        let mut data = fresh.clone();
        let (_, result) = run(kernel, mode, &mut data, 2);
        (result, data.digest())
    };
    for mode in [1, 2] {
        assert_eq!(
            outcome(mode),
            outcome(0),
            "{} computes another",
            kernel.name
        );
    }
}

pub(crate) fn ratios(kernel: &Kernel, fresh: &Data, rounds: u32) -> Ratios {
    let mut calls = 1;
    while run(kernel, 0, &mut fresh.clone(), calls).0 < SAMPLE {
        calls *= 2;
    }
    let mut ratios = [const { Vec::new() }; 3];
    let mut plain = Vec::new();
    for round in 0..rounds {
        let mut times = [0.0; 4];
        for turn in 0..4 {
            // The order rotates, so that no copy always runs after the same one. The last one is the plain copy again.
            let sample = (turn + round as usize) % 4;
            let (took, _) = run(kernel, sample % 3, &mut fresh.clone(), calls);
            times[sample] = took.as_secs_f64();
        }
        for (ratios, time) in ratios.iter_mut().zip(&times[1..]) {
            ratios.push(time / times[0]);
        }
        plain.push(times[0] / f64::from(calls));
    }
    let [inheriting, timed, again] = ratios;
    Ratios {
        guarded: [median(inheriting), median(timed)],
        spread: median(again.iter().map(|ratio| (ratio - 1.0).abs()).collect()),
        plain: Duration::from_secs_f64(median(plain)),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
