//! Sixteen kernels under the guard and under its peers: `cargo bench --bench kernels`.
//!
//! Prints the time of each variant as a multiple of the unguarded code's, in the same round of the
//! same run. See `USAGE`.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

mod data;
mod kernel;
mod report;
mod variant;

use data::Data;
use kernel::Kernel;
use report::{Row, Table};
use variant::{VARIANTS, Variant};

const USAGE: &str = "\
usage: cargo bench --bench kernels -- [--rounds N] [--report | KERNEL...]

Prints how many times longer each kernel takes in each variant than unguarded: the median of N
rounds (51 if not given), in each of which all variants run one after another.

  KERNEL    only kernels whose name contains this
  --report  all kernels; writes benches/kernels.svg and the table of the README, which shows both
";

struct Options {
    rounds: usize,
    report: bool,
    kernels: Vec<Kernel>,
    /// The shortest time of a sample.
    sample: Duration,
}

fn options(args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        rounds: 0,
        report: false,
        kernels: Vec::new(),
        sample: Duration::from_millis(2),
    };
    let (mut bench, mut rounds, mut wanted) = (false, None, Vec::new());
    let mut args = args.peekable();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => bench = true,
            "--report" => options.report = true,
            "--rounds" => {
                let value = args.next().ok_or("--rounds needs a number")?;
                let number = value.parse().ok().filter(|number| *number > 0);
                rounds = Some(
                    number.ok_or_else(|| format!("--rounds: {value:?} is no number of rounds"))?,
                );
            }
            "--help" | "-h" => return Err(String::new()),
            flag if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
            _ => wanted.push(arg.to_lowercase()),
        }
    }
    if options.report && !wanted.is_empty() {
        return Err("--report is of all kernels".into());
    }
    let matches = |kernel: &Kernel| {
        wanted.is_empty()
            || wanted
                .iter()
                .any(|part| kernel.name().to_lowercase().contains(part))
    };
    options.kernels = Kernel::ALL.iter().copied().filter(matches).collect();
    if options.kernels.is_empty() {
        let names: Vec<_> = Kernel::ALL.iter().map(|kernel| kernel.name()).collect();
        return Err(format!("no such kernel; there are: {}", names.join(", ")));
    }
    options.rounds = rounds.unwrap_or(51);
    // `cargo test --benches` only checks that the bench runs.
    if !bench {
        options.sample = Duration::ZERO;
        options.rounds = 1;
    }
    Ok(options)
}

/// Panics if a variant computes something else than the unguarded code.
fn verify(kernel: Kernel, fresh: &Data) {
    let outcome = |variant: &Variant| {
        let mut data = fresh.clone();
        let (_, result) = (variant.time)(kernel, &mut data, 2);
        (result, data.digest())
    };
    let expected = outcome(&VARIANTS[0]);
    for variant in &VARIANTS[1..] {
        assert_eq!(
            outcome(variant),
            expected,
            "{} computes another {}",
            variant.name,
            kernel.name()
        );
    }
}

/// How many calls fill a sample.
fn calls(kernel: Kernel, variant: &Variant, data: &mut Data, sample: Duration) -> u32 {
    let mut calls = 1;
    loop {
        let (took, _) = (variant.time)(kernel, data, calls);
        if took >= sample {
            return calls;
        }
        calls *= 2;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures one kernel in all variants, interleaved, so that a disturbance affects all of them.
fn measure(kernel: Kernel, options: &Options) -> Row {
    let mut data = Data::new();
    verify(kernel, &data);
    let calls = VARIANTS
        .each_ref()
        .map(|variant| calls(kernel, variant, &mut data, options.sample));
    let mut times = VARIANTS.each_ref().map(|_| Vec::new());
    for round in 0..options.rounds {
        for turn in 0..VARIANTS.len() {
            // The order rotates, so that no variant always runs after the same one.
            let index = (turn + round) % VARIANTS.len();
            let (took, _) = (VARIANTS[index].time)(kernel, &mut data, calls[index]);
            times[index].push(took.as_secs_f64() / f64::from(calls[index]));
        }
    }
    let ratios = times.each_ref().map(|times_of_one| {
        median(
            times_of_one
                .iter()
                .zip(&times[0])
                .map(|(time, unguarded)| time / unguarded)
                .collect(),
        )
    });
    let [unguarded, ..] = times;
    Row {
        kernel: kernel.name(),
        unguarded: Duration::from_secs_f64(median(unguarded)),
        ratios: ratios[1..].to_vec(),
    }
}

/// Shows the progress on the line where the table will begin.
fn show_progress(kernel: &str) {
    let mut out = io::stderr();
    if out.is_terminal() {
        _ = write!(out, "\r{kernel:<20}\r");
        _ = out.flush();
    }
}

fn main() -> ExitCode {
    let options = match options(env::args().skip(1)) {
        Ok(options) => options,
        Err(error) if error.is_empty() => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("kernels: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut table = Table::new(&VARIANTS[1..]);
    for kernel in &options.kernels {
        show_progress(kernel.name());
        table.push(measure(*kernel, &options));
    }
    show_progress("");
    print!("{}", table.text());
    if options.report {
        if let Err(error) = table.write(options.rounds) {
            eprintln!("kernels: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
