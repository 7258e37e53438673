//! A user's own mistakes are reported with the attribute as they are without it.
//!
//! Every file of `tests/ui/user/` is compiled with each form of the attribute, and with a comment in
//! its place: what the compiler says must be the same, word for word and column for column.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

mod compile;

const ATTRIBUTE: &str = "#[guard_runtime::loop_guard(";

/// What stands between the parentheses.
const FORMS: [(&str, &str); 4] = [
    ("timeout", "timeout = \"30s\""),
    ("inherit", "inherit"),
    ("iterations", "iterations = 1000"),
    (
        "fallback",
        "timeout = \"30s\", fallback = ::core::unimplemented!()",
    ),
];

#[test]
fn are_what_they_are_without_the_attribute() {
    let cases = compile::cases("user");
    let mut files = BTreeMap::new();
    for (name, path) in &cases {
        let source = fs::read_to_string(path).expect("the case");
        assert!(source.contains(ATTRIBUTE), "{name} guards nothing");
        write(&mut files, name, "plain", &with_attribute(&source, None));
        for (form, arguments) in FORMS {
            write(
                &mut files,
                name,
                form,
                &with_attribute(&source, Some(arguments)),
            );
        }
    }

    let messages = compile::check("diagnostics", &files);
    let mut differences = Vec::new();
    for name in cases.keys() {
        let plain = comparable(&messages[&bin(name, "plain")]);
        assert!(
            plain.iter().any(|message| message["level"] == "error"),
            "{name} compiles"
        );
        for (form, _) in FORMS {
            let guarded = comparable(&messages[&bin(name, form)]);
            if guarded != plain {
                differences.push(report(name, form, &messages));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

fn bin(name: &str, form: &str) -> String {
    format!("{name}--{form}")
}

fn write(files: &mut BTreeMap<String, PathBuf>, name: &str, form: &str, source: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("diagnostics/src")
        .join(form);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name).with_extension("rs");
    fs::write(&path, source).expect("a case");
    files.insert(bin(name, form), path);
}

/// The source with other arguments, or with a comment on the attribute's line.
fn with_attribute(source: &str, arguments: Option<&str>) -> String {
    let lines = source
        .lines()
        .map(|line| match (line.find(ATTRIBUTE), arguments) {
            (Some(at), Some(arguments)) => format!("{}{ATTRIBUTE}{arguments})]", &line[..at]),
            (Some(at), None) => format!("{}//{}", &line[..at], &line[at + 2..]),
            (None, _) => line.to_owned(),
        });
    lines.map(|line| line + "\n").collect()
}

/// The messages less what the form's name and length change.
fn comparable(messages: &[Value]) -> Vec<Value> {
    let mut messages = messages.to_vec();
    messages.iter_mut().for_each(strip);
    messages
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for field in ["rendered", "byte_start", "byte_end", "file_name"] {
                fields.remove(field);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(values) => values.iter_mut().for_each(strip),
        _ => {}
    }
}

fn report(name: &str, form: &str, messages: &BTreeMap<String, Vec<Value>>) -> String {
    let rendered = |form| {
        let of = messages[&bin(name, form)].iter();
        of.filter_map(|message| message["rendered"].as_str())
            .collect::<String>()
    };
    format!(
        "=== {name}, plain\n{}=== {name}, {form}\n{}",
        rendered("plain"),
        rendered(form)
    )
}
