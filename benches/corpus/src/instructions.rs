//! Instructions of one call, counted by callgrind in one run of all kernels. They do not depend on the machine's load.

use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::data::Data;
use crate::{Kernel, MODES, measure};

/// Calls before the counted ones: they learn the lengths of strips and fault the memory in.
const BEFORE: u32 = 20;
const COUNTED: u32 = 20;

/// The instructions of one call of these kernels in each mode, by [`Kernel::path`]; empty if valgrind cannot be run.
pub(crate) fn count(kernels: &[&Kernel]) -> HashMap<String, [f64; 3]> {
    let paths: Vec<_> = kernels.iter().map(|kernel| kernel.path()).collect();
    let folder = std::env::temp_dir().join(format!("corpus-{}", std::process::id()));
    let counts = fs::create_dir(&folder)
        .ok()
        .and_then(|()| run(paths, &folder));
    _ = fs::remove_dir_all(&folder);
    counts.unwrap_or_default()
}

fn run(paths: Vec<String>, folder: &Path) -> Option<HashMap<String, [f64; 3]>> {
    let dumps = folder.join("dump");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-before=*instructions::mark*"])
        .arg(format!("--callgrind-out-file={}", dumps.display()))
        .arg(std::env::current_exe().ok()?)
        .arg("--count")
        .args(&paths)
        .stderr(Stdio::null())
        .status();
    run.ok().filter(|status| status.success())?;
    // Every second dump belongs to a counted call.
    let mut dump = 0;
    let mut next = || {
        dump += 2;
        let text = fs::read_to_string(format!("{}.{dump}", dumps.display())).ok()?;
        let totals = text
            .lines()
            .find_map(|line| line.strip_prefix("totals: "))?;
        Some(totals.trim().parse::<f64>().ok()? / f64::from(COUNTED))
    };
    let mut counts = HashMap::new();
    for path in paths {
        counts.insert(path, [next()?, next()?, next()?]);
    }
    Some(counts)
}

/// Runs the kernels for callgrind, which dumps its counts at each mark.
pub(crate) fn run_marked(kernels: &[Kernel]) {
    let fresh = Data::new();
    for kernel in kernels {
        for mode in 0..MODES.len() {
            let mut data = fresh.clone();
            measure::run(kernel, mode, &mut data, BEFORE);
            mark(0);
            measure::run(kernel, mode, &mut data, COUNTED);
            mark(1);
        }
    }
}

#[inline(never)]
fn mark(place: u32) {
    black_box(place);
}
