//! Compares the meter with a sequential model that keeps every call: whatever is let through, in whatever order it
//! ends, both agree.

use core::time::Duration;

use crate::policy::around;
use crate::policy::circuit::Pass;
use crate::policy::meter::{Counts, Meter};
use crate::policy::settings::Settings;
use crate::policy::verdict::{Own, Verdict};
use crate::testing;
use crate::trip::policy_event::State;
use crate::trip::tripped::Cause;

const MILLI: u64 = 1_000_000;

/// The precision of instants, in nanoseconds.
const UNIT: u64 = 1 << 20;

const MIN_CALLS: usize = 8;
const RATE: f64 = 0.5;
const SUCCESSES: u32 = 2;
const WINDOW: u64 = 1000 * MILLI;
const OPEN_FOR: u64 = 700 * MILLI;

/// Pseudorandom numbers, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

enum Modelled {
    Closed {
        /// The calls of the window: when each ended, and whether it failed.
        calls: Vec<(u64, bool)>,
        in_a_row: u32,
    },
    Open {
        until: u64,
    },
    HalfOpen {
        /// Whose lease, and until when.
        lease: Option<(u64, u64)>,
        succeeded: u32,
    },
}

struct Model {
    state: Modelled,
    /// How many times the state has changed.
    era: u64,
    level: u32,
    /// How many calls were let through.
    calls: u64,
}

/// A call of both the meter and the model.
struct ModelledCall {
    pass: Pass,
    era: u64,
    number: u64,
}

impl Model {
    fn change(&mut self, state: Modelled) {
        self.state = state;
        self.era += 1;
    }

    fn closed() -> Modelled {
        Modelled::Closed {
            calls: Vec::new(),
            in_a_row: 0,
        }
    }

    /// Whether a call is let through now; if not, when at the latest.
    fn admit(&mut self, now: u64) -> Result<(u64, u64), u64> {
        self.calls += 1;
        let lease = (self.calls, now + OPEN_FOR);
        match &mut self.state {
            Modelled::Closed { .. } => {}
            Modelled::Open { until } if now / UNIT < *until / UNIT => return Err(*until),
            Modelled::Open { .. } => self.change(Modelled::HalfOpen {
                lease: Some(lease),
                succeeded: 0,
            }),
            Modelled::HalfOpen {
                lease: Some((_, end)),
                ..
            } if now / UNIT < *end / UNIT => return Err(*end),
            Modelled::HalfOpen { lease: held, .. } => *held = Some(lease),
        }
        Ok((self.era, self.calls))
    }

    /// Whether it opens now.
    fn ends(
        &mut self,
        call: &ModelledCall,
        verdict: Verdict,
        now: u64,
        slice: impl Fn(u64) -> u64,
    ) -> bool {
        if call.era != self.era {
            return false;
        }
        match &mut self.state {
            Modelled::Closed { calls, in_a_row } => {
                if verdict == Verdict::Neutral {
                    return false;
                }
                let failed = verdict == Verdict::Failure;
                calls.push((now, failed));
                *in_a_row = if failed { *in_a_row + 1 } else { 0 };
                let recent = calls.iter().filter(|(at, _)| slice(*at) + 10 > slice(now));
                let (count, failures) = recent.fold((0, 0), |(count, failures), (_, failed)| {
                    (count + 1, failures + usize::from(*failed))
                });
                #[allow(clippy::cast_precision_loss, reason = "of small numbers")]
                let opens = if count < MIN_CALLS {
                    *in_a_row >= 5
                } else {
                    failures as f64 / count as f64 >= RATE
                };
                self.level = 0;
                failed && opens
            }
            Modelled::Open { .. } => {
                unreachable!("no call belongs to an era that lets none through")
            }
            Modelled::HalfOpen { lease, succeeded } => {
                lease.take_if(|(number, _)| *number == call.number);
                match verdict {
                    Verdict::Neutral => false,
                    Verdict::Failure => {
                        self.level += 1;
                        true
                    }
                    Verdict::Success => {
                        *succeeded += 1;
                        if *succeeded == SUCCESSES {
                            self.change(Self::closed());
                        }
                        false
                    }
                }
            }
        }
    }
}

fn retry_after(meter: Meter<'_>) -> u64 {
    let refused = meter
        .admit(Own::Inside, core::panic::Location::caller())
        .unwrap_err();
    let Cause::Refused { retry_after } = refused.cause() else {
        panic!("{refused}");
    };
    u64::try_from(retry_after.as_nanos()).unwrap()
}

fn schedule(seed: u64) {
    let mut numbers = Numbers(seed);
    let mut settings = Settings::DEFAULT.with_window(Duration::from_nanos(WINDOW));
    settings.rate = RATE;
    settings.min_calls = MIN_CALLS as u64;
    settings.successes = SUCCESSES;
    settings.open_for = OPEN_FOR;
    let meter = Meter {
        settings: &settings,
        counts: &Counts::new(&settings),
    };
    let mut model = Model {
        state: Model::closed(),
        era: 0,
        level: 0,
        calls: 0,
    };
    let mut under_way: Vec<ModelledCall> = Vec::new();
    for _ in 0..200 {
        let now = around::now();
        match numbers.below(10) {
            0..4 => {
                let expected = model.admit(now);
                match (
                    meter.admit(Own::Inside, core::panic::Location::caller()),
                    expected,
                ) {
                    (Ok(pass), Ok((era, number))) => {
                        under_way.push(ModelledCall { pass, era, number });
                    }
                    (Err(_), Err(until)) => {
                        assert_eq!((now + retry_after(meter)) / UNIT, until / UNIT);
                    }
                    (Ok(_), Err(_)) => panic!("let through, against the model"),
                    (Err(refused), Ok(_)) => panic!("{refused}, against the model"),
                }
            }
            4..8 if !under_way.is_empty() => {
                let index = numbers.below(under_way.len() as u64);
                let call = under_way.swap_remove(usize::try_from(index).unwrap());
                let verdict = match numbers.below(8) {
                    0 => Verdict::Neutral,
                    1..5 => Verdict::Failure,
                    _ => Verdict::Success,
                };
                let opens = model.ends(&call, verdict, now, |at| meter.settings.slice_at(at));
                meter.count(call.pass, verdict, now);
                assert_eq!(
                    meter.counts.state() == State::Open,
                    opens || is_open(&model, now)
                );
                if opens {
                    let span = (OPEN_FOR << model.level.min(15)).min(60_000 * MILLI);
                    let after = retry_after(meter);
                    assert!(
                        after <= span && after >= span / 10 * 9 - UNIT,
                        "{after} of {span}"
                    );
                    model.change(Modelled::Open { until: now + after });
                }
            }
            8 => testing::advance(Duration::from_nanos(numbers.below(400 * MILLI))),
            9 if numbers.below(20) == 0 => {
                meter.force(State::Closed);
                model.change(Model::closed());
            }
            _ => {}
        }
        let expected = match model.state {
            Modelled::Closed { .. } => State::Closed,
            _ if is_open(&model, around::now()) => State::Open,
            _ => State::HalfOpen,
        };
        assert_eq!(meter.counts.state(), expected);
    }
}

fn is_open(model: &Model, now: u64) -> bool {
    matches!(model.state, Modelled::Open { until } if now / UNIT < until / UNIT)
}

#[test]
fn the_meter_does_what_a_sequential_model_does() {
    let _paused = testing::pause();
    for seed in 1..=1000 {
        schedule(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
    }
}
