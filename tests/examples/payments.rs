//! The settlement service while its ledger is healthy, flaky, slow and dead.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::built::example;

/// The mood of the ledger and the outcomes of the payments, row by row.
fn rows(told: &str) -> Vec<(&str, [u64; 4])> {
    let row = |line: &&str| line.contains('.');
    let rows = told.lines().filter(|line| row(line)).map(|line| {
        let cells: Vec<_> = line.split_whitespace().collect();
        let [_, mood, counts @ ..] = &cells[..] else {
            panic!("{line}");
        };
        let counts = counts.iter().map(|count| count.parse().expect("a number"));
        let counts: Vec<u64> = counts.collect();
        (*mood, counts.try_into().expect("four of them"))
    });
    rows.collect()
}

#[test]
fn payments_are_settled_deferred_and_refused_as_the_ledger_goes() {
    let chart = Path::new(env!("CARGO_TARGET_TMPDIR")).join("payments.svg");
    let mut command = Command::new(example("payments", ""));
    let output = command.arg(&chart).output().expect("it was built");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    let rows = rows(&told);
    let sum = |mood: &str, what: usize| -> u64 {
        let rows = rows.iter().filter(|(of, _)| *of == mood);
        rows.map(|(_, counts)| counts[what]).sum()
    };
    let [settled, deferred, refused] = [0, 1, 2];
    assert!(sum("healthy", settled) > 0, "{told}");
    // While the breaker is open, only probes are sent.
    assert!(sum("dead", refused) > sum("dead", deferred), "{told}");
    assert_eq!(sum("dead", settled), 0, "{told}");
    let chart = fs::read_to_string(chart).expect("it was drawn");
    for name in ["settled", "deferred", "refused", "failed", "ledger dead"] {
        assert!(chart.contains(name), "{name}");
    }
}
