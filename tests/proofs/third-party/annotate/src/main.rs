//! Puts `#[::guard_runtime::loop_guard(...)]` on every function with a loop, and every `async fn` that awaits.
//!
//! Edits the source text, and adds no line: formatting, macro bodies, line numbers in panics and
//! names of doc tests stay what they were.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use find::{Aliases, Found, Function, Source};

mod find;

const USAGE: &str = "\
usage: annotate ARGUMENTS PATH...

Puts #[::guard_runtime::loop_guard(ARGUMENTS)] on every function with a loop, and every async fn that
awaits, in the Rust files PATH and in those below the directories PATH; prints how many functions that were.
A file written --root=PATH gets `extern crate guard_runtime;` besides, as edition 2015 wants it.";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [arguments, paths @ ..] = &*args else {
        return misuse();
    };
    if paths.is_empty() || arguments.starts_with('-') {
        return misuse();
    }
    match annotate_all(arguments, paths) {
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

fn annotate_all(arguments: &str, paths: &[String]) -> io::Result<usize> {
    let mut files = Vec::new();
    let mut aliases = Aliases::default();
    for path in paths {
        let root = path.strip_prefix("--root=");
        let path = Path::new(root.unwrap_or(path));
        let mut found = Vec::new();
        rust_files(path, &mut found)?;
        for file in found {
            let text = fs::read_to_string(&file).map_err(|error| named(&file, &error))?;
            let Ok(source) = Source::parse(text) else {
                // A fragment for `include!`, or a test's example of bad code.
                eprintln!(
                    "annotate: {}: not Rust on its own, left alone",
                    file.display()
                );
                continue;
            };
            aliases.learn(&source);
            files.push((root.is_some(), file, source));
        }
    }
    let mut count = 0;
    for (root, file, source) in files {
        let found = source.find(&aliases);
        count += found.functions.len();
        let text = annotate(arguments, root, source.text, &found);
        fs::write(&file, text).map_err(|error| named(&file, &error))?;
    }
    Ok(count)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
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

fn annotate(arguments: &str, root: bool, mut text: String, found: &Found) -> String {
    let mut edits = Vec::new();
    let passes = |function: &&Function| !(function.destructor && arguments == "inherit");
    for function in found.functions.iter().filter(passes) {
        edits.push((function.start, attribute(arguments, function)));
    }
    // Last, so that it leads where both stand at one place: insertion goes backwards.
    if root {
        edits.push((found.first_item, "extern crate guard_runtime; ".to_owned()));
    }
    edits.sort_by_key(|(at, _)| *at);
    for (at, insertion) in edits.iter().rev() {
        text.insert_str(*at, insertion);
    }
    text
}

fn attribute(arguments: &str, function: &Function) -> String {
    let panic = if function.foreign_error {
        r#", on_trip = "panic""#
    } else {
        ""
    };
    format!("#[::guard_runtime::loop_guard({arguments}{panic})] ")
}
