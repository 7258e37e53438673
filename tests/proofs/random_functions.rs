//! Random functions and their guarded twins do the same, event by event.
//!
//! ```text
//! cargo test --test proofs random_functions                               200 functions
//! LOOP_GUARD_FUNCTIONS=10000 cargo test --test proofs random_functions    the long run, about an hour
//! LOOP_GUARD_SEED=7 cargo test --test proofs random_functions             others
//! ```
//!
//! [`generator`] writes a function, from the [`values`] and jumps that its [`scope`] allows; [`heads`] writes what
//! its `for` loops iterate over, [`lists`] loops over numbers, [`counters`] the `while`s that count to a bound,
//! [`shapes`] the rarer statements. Futures are also dropped in the middle. [`project`] builds and runs them in
//! batches, in two editions. A failure names the number of its function; the sources of the last batch stay below
//! `target/tmp`.

#![allow(
    clippy::format_push_string,
    reason = "a program that writes a program, once"
)]

mod counters;
mod generator;
mod heads;
mod lists;
mod project;
mod scope;
mod shapes;
mod values;

use generator::{Function, Generator};
use harness::Random;
use project::Project;

const BATCH: usize = 50;

/// A number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn do_what_their_plain_twins_do() {
    let count = usize::try_from(number("LOOP_GUARD_FUNCTIONS", 200)).expect("not that many");
    let seed = number("LOOP_GUARD_SEED", 1);
    let projects = ["2021", "2024"].map(Project::new);
    let (mut compared, mut misshapen, mut faults) = (0, 0, Vec::new());
    for first in (0..count).step_by(BATCH) {
        let functions: Vec<Function> = (first..count.min(first + BATCH))
            .map(|number| Generator::function(&mut Random::new(seed << 32 | number as u64)))
            .collect();
        let came = projects[first / BATCH % 2].compare(first, &functions);
        println!(
            "from {first} on: {} compared, misshapen {:?}",
            came.compared, came.misshapen
        );
        compared += came.compared;
        misshapen += came.misshapen.len();
        faults.extend(came.faults);
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(
        compared + misshapen == count && misshapen * 50 <= count,
        "{misshapen} do not compile without the attribute"
    );
}
