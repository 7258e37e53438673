//! Functions of many kinds do the same with each form of the attribute as without it: what they return, poll, ask for and
//! drop, in the same order, and the compiler is as silent.

use std::fmt::Write;

use crate::cases;

const SOURCES: [(&str, &str); 3] = [
    ("functions", include_str!("kinds/functions.rs.in")),
    ("futures", include_str!("kinds/futures.rs.in")),
    ("owners", include_str!("kinds/owners.rs.in")),
];

const FORMS: [(&str, &str); 8] = [
    ("timeout", "timeout = \"1h\""),
    ("inherit", "inherit"),
    ("iterations", "iterations = 1_000_000"),
    ("strict", "timeout = \"1h\", strict"),
    ("root", "timeout = \"1h\", root"),
    ("cleanup", "timeout = \"1h\", cleanup = |_| ()"),
    ("panics", "timeout = \"1h\", on_trip = \"panic\""),
    ("depth", "depth = 100_000"),
];

/// The source with an attribute at each `@`.
fn with(source: &str, args: &str) -> String {
    let attribute = |args: &str| format!("#[guard_runtime::loop_guard({args})] ");
    let panics = |args: &str| {
        if args.contains("on_trip") {
            attribute(args)
        } else {
            attribute(&format!("{args}, on_trip = \"panic\""))
        }
    };
    let of_block = args.replace(", cleanup = |_| ()", "");
    source
        .replace("@b! ", &panics(&of_block))
        .replace("@b ", &attribute(&of_block))
        .replace("@n ", &attribute(&args.replace(", strict", "")))
        .replace("@! ", &panics(args))
        .replace("@ ", &attribute(args))
}

fn without(source: &str) -> String {
    ["@b! ", "@b ", "@n ", "@! ", "@ "]
        .iter()
        .fold(source.to_owned(), |source, mark| source.replace(mark, ""))
}

#[test]
fn in_the_same_order() {
    // An attribute that guards nothing is deprecated, and some forms do not suit each function.
    let mut program =
        "#![deny(warnings)]\n#![allow(dead_code, deprecated, clippy::all)]\n".to_owned();
    let mut compare = String::new();
    for (name, source) in SOURCES {
        // The first line says what the file is.
        let (_, source) = source.split_once('\n').expect("lines");
        writeln!(program, "mod plain_{name} {{\n{}\n}}", without(source)).unwrap();
        for (form, args) in FORMS {
            writeln!(program, "mod {form}_{name} {{\n{}\n}}", with(source, args)).unwrap();
            writeln!(
                compare,
                "assert_eq!({form}_{name}::run(), plain_{name}::run());"
            )
            .unwrap();
        }
    }
    writeln!(program, "fn main() {{\n{compare}}}").unwrap();
    cases::run("same_events", &program);
}
