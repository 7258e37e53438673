//! `examples/quickstart` as its user runs it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

const RUNAWAY: &str = "(a+)+c";

/// A log with two lines that the runaway pattern matches, and one on which it never ends.
fn log(name: &str) -> PathBuf {
    let text = format!("id=1 aac\nid=22 ac\nid=3 {}b\nid=4\n", "a".repeat(60));
    file(name, text.as_bytes())
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, bytes).expect("cargo made the directory");
    file
}

fn quickstart() -> Command {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| crate::built::example("quickstart", ""));
    Command::new(&*BUILT)
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

/// The section of the report about one pattern.
fn section<'o>(out: &'o str, pattern: &str) -> &'o str {
    out.split("\n\n")
        .find(|section| section.lines().next() == Some(pattern))
        .unwrap_or_else(|| panic!("no section {pattern} in:\n{out}"))
}

#[test]
fn the_runaway_is_reported_and_the_others_are_still_there() {
    let patterns = [r"id=\d\d", RUNAWAY, r"id=\d$", "nowhere"];
    let mut command = quickstart();
    // Long enough for a few lines on any machine, while the runaway would take years.
    command.arg(log("runaway.txt")).arg("--budget=2s");
    for pattern in patterns {
        command.args(["--pattern", pattern]);
    }
    let (code, out, err) = run(&mut command);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");

    let headings: Vec<_> = out
        .split("\n\n")
        .skip(1)
        .filter_map(|s| s.lines().next())
        .collect();
    assert_eq!(headings, patterns, "{out}");
    assert!(
        section(&out, patterns[0]).contains("\n  1 match in "),
        "{out}"
    );
    assert!(
        section(&out, patterns[0]).contains("\n    line 2: id=22"),
        "{out}"
    );
    assert!(
        section(&out, patterns[2]).contains("\n    line 4: id=4"),
        "{out}"
    );
    assert!(
        section(&out, patterns[3]).contains("\n  0 matches in "),
        "{out}"
    );

    let runaway = section(&out, RUNAWAY);
    for part in [
        "loop guard: quickstart::matcher::search (",
        "matcher.rs:",
        "ran out of time: 2s allowed, ",
        "noticed in the `",
        "\n  2 matches up to line 3, where it was stopped\n    line 1: aac\n    line 2: ac",
    ] {
        assert!(runaway.contains(part), "no {part:?} in:\n{runaway}");
    }
}

#[test]
fn without_arguments_it_searches_the_built_in_log() {
    let (code, out, err) = run(&mut quickstart());
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(
        out.starts_with("the built-in log: 3300 lines, 298 kB; 500ms"),
        "{out}"
    );
    assert_eq!(out.split("\n\n").count(), 6, "{out}");
    assert!(section(&out, RUNAWAY).contains("500ms allowed"), "{out}");
}

#[test]
fn all_matches_are_counted_and_the_first_are_shown() {
    let mut command = quickstart();
    command.args([
        "--budget",
        "60m",
        "--pattern",
        r"amount=\d\d\d\d+\.\d\d (EUR|USD)",
    ]);
    let (code, out, _) = run(&mut command);
    assert_eq!(code, Some(0));
    assert!(out.contains("\n  201 matches in "), "{out}");
    assert!(out.contains("\n    line 34: amount=6348.75 USD\n"), "{out}");
    assert!(out.ends_with("\n    and 198 more\n"), "{out}");
}

#[test]
fn a_match_is_shown_in_one_harmless_line() {
    let text = format!("\u{1b}[2J{}", "x".repeat(1_000));
    let mut command = quickstart();
    command
        .arg(file("long.txt", text.as_bytes()))
        .args(["--budget=60m", "--pattern=.+"]);
    let (_, out, _) = run(&mut command);
    let shown = format!("    line 1: \u{fffd}[2J{}...\n", "x".repeat(86));
    assert!(out.ends_with(&shown), "{out}");
}

#[test]
fn help_tells_the_options() {
    let (code, out, err) = run(quickstart().arg("--help"));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for option in ["--pattern", "--budget", "FILE"] {
        assert!(out.contains(option), "{out}");
    }
}

#[test]
fn wrong_arguments_get_one_line_and_exit_code_2() {
    let binary = file("binary.txt", b"abc\xff\xfe");
    let binary = binary.to_str().expect("UTF-8");
    let cases: [(&[&str], &str); 13] = [
        (&["--patern", "a"], "unknown option --patern"),
        (&["-x"], "unknown option -x"),
        (&["--pattern"], "--pattern needs a value"),
        (&["--budget"], "--budget needs a value"),
        (&["--budget", "soon"], "--budget soon: write"),
        (&["--budget=5"], "--budget 5: write"),
        (&["--budget", "0ms"], "--budget 0ms: write"),
        (&["--budget", "-1s"], "--budget -1s: write"),
        (
            &["--pattern", "a(b"],
            "pattern \"a(b\", character 2: this group is never closed",
        ),
        (&["one.txt", "two.txt"], "one file at a time"),
        (&["no/such/file"], "cannot read no/such/file: "),
        (&[env!("CARGO_TARGET_TMPDIR")], "cannot read "),
        (&[binary], "is not UTF-8 text: see its byte 3"),
    ];
    for (args, message) in cases {
        let (code, out, err) = run(quickstart().args(args));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{args:?}: {err}");
        assert!(
            err.starts_with("quickstart: ") && err.contains(message),
            "{args:?}: {err}"
        );
        assert_eq!(err.lines().count(), 1, "{args:?}: {err}");
    }
}
