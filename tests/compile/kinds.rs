//! Functions of many kinds compile with each form of the attribute as they do without it, and without a warning.

use std::fmt::Write;

use crate::cases;

const SOURCES: [(&str, &str); 2] = [
    ("bodies", include_str!("kinds/bodies.rs.in")),
    ("boundaries", include_str!("kinds/boundaries.rs.in")),
];

/// What replaces each `@`, and what is put on the whole module instead.
const FORMS: [(&str, &str, &str); 8] = [
    ("plain", "", ""),
    ("timeout", "timeout = \"1h\"", ""),
    ("inherit", "inherit", ""),
    ("iterations", "iterations = 1000", ""),
    ("panics", "timeout = \"1h\", on_trip = \"panic\"", ""),
    ("depth", "depth = 100, root", ""),
    (
        "timeout_of_all",
        "",
        "timeout = \"1h\", on_trip = \"panic\"",
    ),
    (
        "strict_of_all",
        "",
        "timeout = \"1h\", strict, on_trip = \"panic\"",
    ),
];

fn attribute(args: &str) -> String {
    if args.is_empty() {
        String::new()
    } else {
        format!("#[guard_runtime::loop_guard({args})]")
    }
}

#[test]
fn they_compile_in_silence() {
    let mut program = "#![deny(warnings)]\n#![allow(dead_code, unused_mut, unused_variables, unused_labels, unused_parens, \
         unreachable_code, non_camel_case_types, clippy::all)]\nfn main() {}\n"
        .to_owned();
    for (form, args, around) in FORMS {
        let panics = if args.is_empty() || args.contains("on_trip") {
            args.to_owned()
        } else {
            format!("{args}, on_trip = \"panic\"")
        };
        for (name, source) in SOURCES {
            let source = source
                .replace("@! ", &format!("{} ", attribute(&panics)))
                .replace("@ ", &format!("{} ", attribute(args)));
            let around = attribute(around);
            writeln!(program, "{around}\npub mod {form}_{name} {{\n{source}\n}}").unwrap();
        }
    }
    cases::run("kinds", &program);
}
