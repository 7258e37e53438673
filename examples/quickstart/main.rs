//! Searches a text for regular expressions, and survives the one that would take for ever.
//!
//! ```text
//! cargo run --release --example quickstart -- --help
//! ```
//!
//! The guarded functions are in `matcher.rs`.

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

mod duration;
mod matcher;
mod options;
mod pattern;

use matcher::{Found, STACK};
use options::{HELP, Options};
use pattern::Pattern;

/// A log of a payment service, made up.
const TEXT: &str = include_str!("text.txt");

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(message) => return refuse(&message),
    };
    if options.help {
        return finish(write!(io::stdout(), "{HELP}"));
    }
    match read(&options) {
        Ok(text) => finish(on_a_deep_stack(move || report(&options, &text))),
        Err(message) => refuse(&message),
    }
}

fn refuse(message: &str) -> ExitCode {
    eprintln!("quickstart: {message}");
    ExitCode::from(2)
}

/// A reader that stops early, as `head` does, is not an error.
fn finish(written: io::Result<()>) -> ExitCode {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("quickstart: cannot write the report: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Runs on a large stack, since the matcher calls itself for every round of a repeated group.
fn on_a_deep_stack(run: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    match thread::Builder::new().stack_size(STACK).spawn(run)?.join() {
        Ok(written) => written,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn read(options: &Options) -> Result<String, String> {
    let Some(file) = &options.file else {
        return Ok(TEXT.to_owned());
    };
    let name = file.display();
    let bytes = fs::read(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{name} is not UTF-8 text: see its byte {at}")
    })
}

fn report(options: &Options, text: &str) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let name = match &options.file {
        Some(file) => file.display().to_string(),
        None => "the built-in log".to_owned(),
    };
    let (lines, kilobytes) = (text.lines().count(), text.len().div_ceil(1000));
    let budget = options.budget;
    writeln!(
        out,
        "{name}: {lines} lines, {kilobytes} kB; {budget:?} for each pattern"
    )?;
    for pattern in &options.patterns {
        writeln!(out, "\n{pattern}")?;
        // Show what is known already before the next search begins.
        out.flush()?;
        search(pattern, text, options, &mut out)?;
    }
    out.flush()
}

fn search(
    pattern: &Pattern,
    text: &str,
    options: &Options,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut found = Found::default();
    let start = Instant::now();
    let outcome = matcher::search(pattern, text, options.budget, &mut found);
    let (count, took) = (found.count, start.elapsed());
    match outcome {
        Ok(()) => writeln!(out, "  {} in {took:.1?}", matches(count))?,
        Err(stopped) => {
            writeln!(out, "  {stopped}")?;
            let line = found.line;
            writeln!(
                out,
                "  {} up to line {line}, where it was stopped",
                matches(count)
            )?;
        }
    }
    for one in &found.first {
        writeln!(out, "    line {}: {}", one.line, shown(one.text))?;
    }
    match count - found.first.len() {
        0 => Ok(()),
        more => writeln!(out, "    and {more} more"),
    }
}

fn matches(count: usize) -> String {
    match count {
        1 => "1 match".to_owned(),
        _ => format!("{count} matches"),
    }
}

/// As much of a match as fits on a line of the report, without characters that a terminal would interpret.
fn shown(text: &str) -> String {
    const WIDTH: usize = 90;
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .take(WIDTH)
        .collect();
    if text.chars().nth(WIDTH).is_some() {
        shown.push_str("...");
    }
    shown
}
