//! Lints report the same with the attribute as without: `tests/crates/lints/` is compiled both ways in four
//! editions, with every lint on, and the reports are compared.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

const MODES: [&str; 3] = ["timeout", "iterations", "inherit"];

/// What clippy may report about guarded code only, all of it outside `clippy::all` and `pedantic`.
const GRANTED: [&str; 3] = [
    // `nursery`: it counts the branches of expansions.
    "the function has a cognitive complexity of",
    // `restriction`: a fallback is its function's value, written as it is in the attribute; so is what a future gave that
    // is polled. Of functions that end with `return` see `RETURNS`.
    "missing `return` statement",
    // `restriction`: loops in two operands of one expression share a variable.
    "unsequenced read of `__seen`",
];

/// Functions that end with `return` in every form, so that none is missing.
const RETURNS: &str = "returns.rs";

/// What cargo reports about the forms.
fn said(command: &str, mode: &str) -> Output {
    Command::new(env!("CARGO"))
        .arg(command)
        .args(["--workspace", "--keep-going", "--message-format", "short"])
        .args(["--features", mode])
        .args((command == "clippy").then_some("--no-deps"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crates/lints"))
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("lints"),
        )
        .output()
        .expect("cargo runs")
}

/// `edition/file:line:column: message` for every report of this level.
fn lines(output: &Output, level: &str) -> BTreeSet<String> {
    String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter(|line| line.contains("forms") && line.contains(level))
        .map(ToOwned::to_owned)
        .collect()
}

fn warnings(command: &str, mode: &str) -> BTreeSet<String> {
    let output = said(command, mode);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{mode}: {text}");
    let warnings = lines(&output, "warning");
    assert!(!warnings.is_empty(), "{mode}: no lint fired at all: {text}");
    warnings
}

#[test]
fn the_compiler_says_the_same() {
    let plain = warnings("check", "");
    for mode in MODES {
        let guarded = warnings("check", mode);
        let differing: Vec<_> = guarded.symmetric_difference(&plain).collect();
        assert!(differing.is_empty(), "{mode}: {differing:#?}");
    }
}

#[test]
fn clippy_says_nothing_new() {
    let clippy = Command::new(env!("CARGO"))
        .args(["clippy", "--version"])
        .output();
    if !clippy.is_ok_and(|output| output.status.success()) {
        println!(
            "clippy is not installed (`rustup component add clippy`): only the compiler's lints are compared"
        );
        return;
    }
    let plain = warnings("clippy", "");
    for mode in MODES {
        let guarded = warnings("clippy", mode);
        let new: Vec<_> = guarded
            .difference(&plain)
            .filter(|line| {
                line.contains(RETURNS) || !GRANTED.iter().any(|granted| line.contains(granted))
            })
            .collect();
        assert!(new.is_empty(), "{mode}: {new:#?}");
        for method in ["thread::sleep", "Mutex::lock"] {
            let told = |from: &BTreeSet<String>| {
                let calls = from.iter().filter(|line| line.contains(method));
                calls.cloned().collect::<Vec<_>>()
            };
            assert!(!told(&plain).is_empty(), "{method}");
            assert_eq!(told(&guarded), told(&plain), "{mode}");
        }
    }
}

#[test]
fn an_error_of_ours_is_the_only_one_in_any_edition() {
    let output = said("check", "misuse");
    assert!(!output.status.success());
    let errors = lines(&output, "error");
    assert_eq!(errors.len(), 4, "one in each edition: {errors:#?}");
    for error in errors {
        assert!(error.contains("unknown argument `timout`"), "{error}");
    }
}

#[test]
fn every_argument_has_a_form() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("guard-macros/src/args/attribute.rs")).unwrap();
    let (_, table) = table.split_once("\narguments! {\n").unwrap();
    let (table, _) = table.split_once("\n}\n").unwrap();
    let names = table.lines().filter_map(|row| row.split('"').nth(1));
    let keys: Vec<_> = names.collect();
    assert!(keys.len() > 20, "{keys:?}");
    let forms = std::fs::read_dir(root.join("tests/crates/lints/forms")).unwrap();
    let attributes: Vec<_> = forms
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .flat_map(|text| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter_map(|line| Some(line.split_once("loop_guard(")?.1.to_owned()))
        .collect();
    let has_form = |key: &&&str| {
        let words = |line: &String| {
            line.split(|character: char| character != '_' && !character.is_alphanumeric())
                .any(|word| word == **key)
        };
        attributes.iter().any(words)
    };
    let without: Vec<_> = keys.iter().filter(|key| !has_form(key)).collect();
    assert!(without.is_empty(), "{without:?}");
}
