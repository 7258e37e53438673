//! Puts `#[::guard_runtime::loop_guard(...)]` on every function with a loop.
//!
//! Edits the source text, and adds no line: formatting, macro bodies, line numbers in panics and
//! names of doc tests stay what they were.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

mod find;

const USAGE: &str = "\
usage: annotate [--extern-crate] ARGUMENTS PATH...

Puts #[::guard_runtime::loop_guard(ARGUMENTS)] on every function with a loop in the Rust files PATH,
and in those below the directories PATH; prints how many functions that were.

  --extern-crate   puts `extern crate guard_runtime;` into PATHs that are files (crate roots)";

fn main() -> ExitCode {
    let mut args: Vec<String> = env::args().skip(1).collect();
    let root = args.first().is_some_and(|arg| arg == "--extern-crate");
    if root {
        args.remove(0);
    }
    let [arguments, paths @ ..] = &*args else {
        return misuse();
    };
    if paths.is_empty() || arguments.starts_with('-') {
        return misuse();
    }
    match annotate_all(arguments, root, paths) {
        Ok(count) => {
            println!("{count}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("annotate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn misuse() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn annotate_all(arguments: &str, root: bool, paths: &[String]) -> io::Result<usize> {
    let mut count = 0;
    for path in paths {
        let path = Path::new(path);
        let mut files = Vec::new();
        rust_files(path, &mut files)?;
        for file in files {
            count += annotate(arguments, root && file == path, &file).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", file.display()))
            })?;
        }
    }
    Ok(count)
}

fn rust_files(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|extension| extension == "rs") {
            rust_files(&path, files)?;
        }
    }
    Ok(())
}

fn annotate(arguments: &str, root: bool, path: &Path) -> io::Result<usize> {
    let text = fs::read_to_string(path)?;
    let Ok(found) = find::find(&text) else {
        // A fragment for `include!`, or a test's example of bad code.
        eprintln!(
            "annotate: {}: not a Rust file on its own, left alone",
            path.display()
        );
        return Ok(0);
    };
    let mut edits: Vec<(usize, String)> = found
        .functions
        .iter()
        .map(|function| (function.start, attribute(arguments, function)))
        .collect();
    if root {
        edits.push((found.first_item, "extern crate guard_runtime; ".to_owned()));
    }
    // A stable sort, and the latter of two at one place is inserted first: `extern crate` leads.
    edits.sort_by_key(|(at, _)| *at);
    let mut edited = text;
    for (at, insertion) in edits.iter().rev() {
        edited.insert_str(*at, insertion);
    }
    fs::write(path, edited)?;
    Ok(found.functions.len())
}

fn attribute(arguments: &str, function: &find::Function) -> String {
    let panic = if function.foreign_error {
        r#", on_trip = "panic""#
    } else {
        ""
    };
    format!("#[::guard_runtime::loop_guard({arguments}{panic})] ")
}
