//! Instructions of one call, counted by callgrind. They do not depend on the machine's load.

use std::process::Command;

use crate::{Kernel, MODES};

/// Calls whose instructions are compared: what comes before the first ones is in both counts.
const FEW: u32 = 20;
const MORE: u32 = 60;

/// Of one call in each mode.
pub(crate) fn count(kernel: &Kernel) -> Option<[f64; 3]> {
    let mut counts = [0.0; 3];
    for (count, mode) in counts.iter_mut().zip(MODES) {
        let difference = run(kernel, mode, MORE)? - run(kernel, mode, FEW)?;
        *count = difference / f64::from(MORE - FEW);
    }
    Some(counts)
}

fn run(kernel: &Kernel, mode: &str, calls: u32) -> Option<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["--run", kernel.name, mode, &calls.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let count = report
        .lines()
        .find_map(|line| line.split_once("Collected :"))?
        .1;
    count.trim().parse().ok()
}
