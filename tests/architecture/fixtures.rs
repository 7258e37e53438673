//! Shows that each rule fails where it should, and nowhere else.

use crate::rooms;
use crate::rules::{MOST_LINES, faults};
use crate::source::{Crate, Files};

const ROOMS: &str = "# Architecture\n\n## example/src: rooms\n\n| room | what it is |\n|---|---|\n\
    | `low/` | all rest on it |\n| `high.rs` | rests on it |\n| `lib.rs` | the names |\n\n## other/src\n| `more` | |\n";

/// The head of the room `low`.
const LOW: &str = "mod aside;\npub(crate) mod cell;\nmod word;\npub(crate) use word::Word;\n";

/// The faults of a crate of two rooms, with these files in place of its own.
fn with(changes: &[(&str, &str)]) -> Vec<String> {
    let right = [
        ("lib.rs", "mod high;\nmod low;\npub use high::run;\n"),
        ("low.rs", LOW),
        ("low/aside.rs", ""),
        ("low/word.rs", "pub(crate) struct Word;\n"),
        (
            "low/cell.rs",
            "use super::Word;\npub(crate) fn get() -> Word { Word }\n",
        ),
        (
            "high.rs",
            "use crate::low::{Word, cell};\npub fn run() { let _: Word = cell::get(); }\n\
                #[macro_export]\nmacro_rules! up { () => {} }\n",
        ),
    ];
    let mut files: Files = right
        .iter()
        .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
        .collect();
    for (file, text) in changes {
        files.insert((*file).to_owned(), (*text).to_owned());
    }
    faults(&Crate::of(&files), &rooms("example", ROOMS))
}

#[test]
fn a_crate_that_is_right_has_no_faults() {
    assert_eq!(rooms("example", ROOMS), ["low", "high", "lib"]);
    assert_eq!(with(&[]), [""; 0]);
}

#[test]
fn an_arrow_that_runs_back_up() {
    let up = ["low/aside.rs:1 names high.rs, and `high` stands below `low`"];
    for text in [
        "use crate::high::run;",
        "use crate::{high::{self as up, run}};",
        "use crate::high::*;",
        "use crate::high; fn aside() { high::run() }",
        "fn aside() { vec![crate::high::run()]; }",
        "fn aside() { super::super::high::run() }",
        "type Aside = [u8; crate::high::LENGTH];",
        "mod inner { fn aside() { crate::high::run() } }",
        // By a name that a macro has in the whole crate.
        "use crate::up;",
        // By a name that the crate re-exports.
        "use crate::run;",
    ] {
        assert_eq!(with(&[("low/aside.rs", text)]), up, "{text}");
    }
    // A re-export is an arrow as well.
    let head = LOW.to_owned() + "pub(crate) use crate::high::run;\n";
    assert_eq!(
        with(&[("low.rs", &head)]),
        ["low.rs:5 names high.rs, and `high` stands below `low`"]
    );
}

#[test]
fn what_is_no_arrow() {
    for text in [
        "// crate::high::run\n/// [`crate::high::run`]\nfn aside() -> &'static str { \"crate::high::run\" }",
        // `$crate` is the crate of whoever expands the macro.
        "macro_rules! aside { () => { $crate::high::run() } }",
        "fn aside(high: std::ops::Range<u8>) -> bool { high.start == other::high::run() }",
        "#[cfg(test)]\nmod tests { use crate::high::run; }",
        "#[cfg(all(test, unix))]\nuse crate::high::run;",
    ] {
        assert_eq!(with(&[("low/aside.rs", text)]), [""; 0], "{text}");
    }
    let text = "#[cfg(not(test))]\nuse crate::high::run;";
    assert_eq!(with(&[("low/aside.rs", text)]).len(), 1, "{text}");
}

#[test]
fn a_file_that_no_room_claims_and_one_that_nothing_leads_to() {
    assert_eq!(
        with(&[
            ("lib.rs", "mod high;\nmod low;\nmod odd;\n"),
            ("odd.rs", "")
        ]),
        ["odd.rs: no room of ARCHITECTURE.md claims it"]
    );
    assert_eq!(
        with(&[("low/lost.rs", "")]),
        ["low/lost.rs: no `mod` line leads to it"]
    );
}

#[test]
fn a_room_that_is_not_there() {
    let mut files = Files::new();
    files.insert("lib.rs".to_owned(), String::new());
    assert_eq!(
        faults(&Crate::of(&files), &rooms("example", ROOMS)),
        [
            "`low`: ARCHITECTURE.md lists a room that is not there",
            "`high`: ARCHITECTURE.md lists a room that is not there"
        ]
    );
}

#[test]
fn a_circle_inside_a_room() {
    let circle = ["circle: low/cell.rs, low/word.rs"];
    let text = "pub(crate) struct Word;\nimpl Word { fn get() -> Self { super::cell::get() } }\n";
    assert_eq!(with(&[("low/word.rs", text)]), circle);
    // The head of a room takes part if it does more than re-export names.
    let head = LOW.to_owned() + "pub(crate) struct Own;\nfn first() { cell::get(); }\n";
    assert_eq!(with(&[("low.rs", &head)]), [""; 0]);
    let cell = "use super::{Own, Word};\npub(crate) fn get() -> Word { let _ = Own; Word }\n";
    assert_eq!(
        with(&[("low.rs", &head), ("low/cell.rs", cell)]),
        ["circle: low.rs, low/cell.rs"]
    );
}

#[test]
fn a_file_of_too_many_lines() {
    let full = "pub(crate) struct Word;\n".to_owned() + &"//\n".repeat(MOST_LINES - 1);
    assert_eq!(with(&[("low/word.rs", &full)]), [""; 0]);
    let tested = full.clone() + "#[cfg(test)]\nmod tests {\n\n}\n";
    assert_eq!(with(&[("low/word.rs", &tested)]), [""; 0]);
    assert_eq!(
        with(&[("low/word.rs", &(full + "//\n"))]),
        ["low/word.rs: 401 lines without tests, 400 are the most"]
    );
}
