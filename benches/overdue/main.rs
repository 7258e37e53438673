//! Honest threads at twice as many as there are processors: the watchdog tells of none of them.
//! `cargo bench --bench overdue` runs for ten minutes, `cargo bench --bench overdue -- 30` for half of one. Fails if a scope is
//! told of as overdue.
//!
//! `cargo bench --bench overdue -- why` has threads hang in each way, a hundred times, and fails if the watchdog is wrong
//! about why.

mod honest;
mod starve;
mod why;

use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "why") {
        return ExitCode::from(u8::from(!why::run()));
    }
    let seconds = std::env::args().find_map(|argument| argument.parse().ok());
    let run = honest::run(Duration::from_secs(seconds.unwrap_or(600)));
    println!("{run}");
    ExitCode::from(u8::from(!run.overdue.is_empty()))
}
