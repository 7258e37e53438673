//! Guarded futures beside `tokio::time::timeout` around the plain ones, and the plain ones alone:
//! `cargo bench --bench task` and `cargo bench --bench task --features tokio`.
//!
//! Plain, guarded and timed out take turns in each round of one run. See `USAGE`.

use std::env;
use std::process::ExitCode;

mod crowd;
mod heap;
mod kind;
mod report;
mod single;

use report::Report;

const USAGE: &str = "\
usage: cargo bench --bench task [--features tokio] -- [--rounds N] [--report | NAME]

Prints what a future costs plain, with `#[loop_guard(timeout = ..)]` and in `tokio::time::timeout`: the
medians of N rounds (31 if not given), in each of which the three run one after another.

  NAME      only cases whose name contains this
  --report  writes benches/task/tokio.md, or benches/task/ticker.md without the feature
";

struct Options {
    rounds: usize,
    report: bool,
    name: String,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        rounds: 31,
        report: false,
        name: String::new(),
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => {}
            "--report" => options.report = true,
            "--rounds" => {
                let value = args.next().unwrap_or_default();
                let rounds = value.parse().ok().filter(|rounds| *rounds > 0);
                options.rounds = rounds.ok_or("--rounds needs a number above 0")?;
            }
            flag if flag.starts_with('-') => return Err(format!("unknown option {flag}")),
            _ => options.name = arg,
        }
    }
    if options.report && !options.name.is_empty() {
        return Err("a report has every case".to_owned());
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options(env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprint!("{message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut report = Report::new(options.rounds);
    single::run(&options.name, &mut report);
    crowd::run(&options.name, &mut report);
    if options.report {
        if let Err(error) = report.write() {
            eprintln!("cannot write the report: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
