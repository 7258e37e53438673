//! A settlement service, and what becomes of its payments while the ledger that it depends on is healthy, flaky, slow
//! and dead.
//!
//! ```text
//! cargo run --release --example payments [chart.svg]
//! ```
//!
//! Eight threads settle payments all the time. The guarded function is in `service.rs`, the ledger in `ledger.rs`; all of
//! it on loopback. What is printed, and drawn, is what the payments came to, a quarter of a second at a time.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

mod chart;
mod ledger;
mod service;

use chart::Slot;
use ledger::{Ledger, PHASES};
use service::{Settlement, settle};

const THREADS: usize = 8;

/// For how long the ledger is in each of its moods.
const PHASE: Duration = Duration::from_secs(3);

/// The span of time for which payments are counted together.
const SLOT: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    let slots = match run() {
        Ok(slots) => slots,
        Err(error) => {
            eprintln!("payments: no ledger: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!(
        "{:>8}  {:8}{:>9}{:>9}{:>9}{:>9}",
        "seconds", "ledger", "settled", "deferred", "refused", "failed"
    );
    for (slot, count) in slots.iter().enumerate() {
        let begin = begin(slot).as_secs_f64();
        let [settled, deferred, refused, failed] = *count;
        println!(
            "{begin:8.2}  {:8}{settled:9}{deferred:9}{refused:9}{failed:9}",
            phase(slot).name
        );
    }
    if let Some(path) = std::env::args_os().nth(1) {
        if let Err(error) = chart::draw(path.as_ref(), &slots) {
            eprintln!("payments: no chart: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// The mood of the ledger in a slot.
fn phase(slot: usize) -> &'static ledger::Phase {
    let slots = PHASE.as_millis() / SLOT.as_millis();
    let number = slot / usize::try_from(slots).unwrap_or(1);
    &PHASES[number.min(PHASES.len() - 1)]
}

/// The time at which a slot begins.
fn begin(slot: usize) -> Duration {
    SLOT * u32::try_from(slot).unwrap_or(u32::MAX)
}

/// Settles payments through all phases. Returns their outcomes, slot by slot.
fn run() -> std::io::Result<Vec<Slot>> {
    let ledger = Ledger::open()?;
    let (over, payments) = (AtomicBool::new(false), AtomicU64::new(0));
    let whole: Duration = PHASES.iter().map(|_| PHASE).sum();
    let slots = whole.as_millis() / SLOT.as_millis();
    let slots: Vec<[AtomicU64; 4]> = (0..slots).map(|_| Default::default()).collect();
    let begun = Instant::now();
    let work = || {
        while !over.load(Ordering::Relaxed) {
            let payment = payments.fetch_add(1, Ordering::Relaxed);
            let outcome = match settle(payment, ledger.address()) {
                Ok(Settlement::Settled) => 0,
                Ok(Settlement::Deferred) => 1,
                Ok(Settlement::Refused) => 2,
                Err(_) => 3,
            };
            let slot = begun.elapsed().as_millis() / SLOT.as_millis();
            if let Some(slot) = slots.get(usize::try_from(slot).unwrap_or(usize::MAX)) {
                slot[outcome].fetch_add(1, Ordering::Relaxed);
            }
            // Without this pause, nobody would send the next payment.
            thread::sleep(Duration::from_millis(2));
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(work);
        }
        for phase in &PHASES {
            ledger.set(phase);
            thread::sleep(PHASE);
        }
        over.store(true, Ordering::Relaxed);
    });
    let counts = |slot: [AtomicU64; 4]| slot.map(AtomicU64::into_inner);
    Ok(slots.into_iter().map(counts).collect())
}
