//! A user's own mistakes are reported with the attribute as they are without it.
//!
//! Every file of `tests/compile/ui/user/` and `tests/compile/ui/std/` is compiled with each form of the attribute, and with a comment in
//! its place: what the compiler says must be the same, word for word and column for column, but for
//! the limits named below.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cases;

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

/// What is left the same where not every word is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Same {
    /// Each message, with its level, code and place. A label, a note or a proposal differs.
    Essence,
    /// The same, but that a message may be repeated.
    Repeated,
    /// Each message, with its level, code and place. It speaks of a closure where the other does of a function.
    Closure,
    /// The first message, with its level, code and line. It is followed by others.
    First,
    /// The first message, with its level and code.
    Elsewhere,
}

/// Where not every word is the same, in which forms, and why.
const LIMITS: [(&str, &[&str], Same); 18] = [
    // Which of several later uses of a borrow is named depends on how many steps away they are, and
    // a check is a step.
    ("borrow-across-iterations", &["iterations"], Same::Essence),
    (
        "closures",
        &["timeout", "inherit", "iterations", "fallback"],
        Same::Essence,
    ),
    // In a closure, which the body of a function with a fallback is, it finds the borrow by the iterator as well.
    ("borrow-while-iterating", &["fallback"], Same::First),
    // A `for` in strips is no `for` to the compiler: it calls a call what else is "implicit".
    ("borrow-while-iterating", STRIPS, Same::Essence),
    ("not-initialised", STRIPS, Same::Essence),
    // Its body stands there twice, and each head is asked for itself whether the pattern fits.
    ("adaptors", STRIPS, Same::Repeated),
    // And where it is over no iterator, the strips of it are missed as well.
    ("not-an-iterator", STRIPS, Same::First),
    ("ranges", STRIPS, Same::First),
    // The body of a function with a fallback is an operand of `return`.
    ("opaque-type", &["fallback"], Same::Essence),
    ("no-return-of-never", &["fallback"], Same::Essence),
    ("move-in-iteration", &["fallback"], Same::Essence),
    // The body of a function that owns a budget and has a place for a trip is a closure, in which its helpers' trips end.
    ("missing-question-mark", SCOPES, Same::Essence),
    ("question-mark-other-error", SCOPES, Same::Essence),
    ("missing-mut", &["fallback"], Same::Essence),
    ("question-mark-without-result", &["fallback"], Same::Closure),
    // The compiler says of its own `await` alone that it can be removed, and says less of what it finds in an expansion.
    ("async-not-a-future", SCOPES, Same::First),
    ("async-unused", SCOPES, Same::First),
    // A value with the wrong lifetime is found where a trip is returned.
    ("async-lifetime", OWNERS, Same::Elsewhere),
];

/// Where each message is compared on other compilers too: 1.85, 1.95 and nightly 1.97 say the same of these.
const EVERYWHERE: [&str; 2] = ["adaptors", "no-return-of-never"];

/// The forms that open a scope.
const SCOPES: &[&str] = &["timeout", "iterations", "fallback"];

/// The forms in which a function that returns a `Result` ends the trips of its helpers, and in which a trip is returned.
const OWNERS: &[&str] = &["timeout", "iterations"];

/// The forms in which plain loops run in strips.
const STRIPS: &[&str] = &["timeout", "inherit", "fallback"];

#[test]
fn are_what_they_are_without_the_attribute() {
    let mut of_user = cases::of("user");
    of_user.extend(cases::of("std"));
    let mut files = BTreeMap::new();
    for (name, path) in &of_user {
        let source = fs::read_to_string(path).expect("the case");
        assert!(source.contains(ATTRIBUTE), "{name} guards nothing");
        // Both know the runtime: its `impl`s are among what the compiler proposes.
        let source = source + "use guard_runtime as _;\n";
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

    let recorded = cases::is_recorded_compiler();
    let messages = cases::check("diagnostics", &files);
    let mut differences = Vec::new();
    for name in of_user.keys() {
        let plain = comparable(&messages[&bin(name, "plain")], "plain");
        assert!(
            plain.iter().any(|message| message["level"] == "error"),
            "{name} compiles"
        );
        for (form, _) in FORMS {
            let guarded = comparable(&messages[&bin(name, form)], form);
            let limit = LIMITS
                .iter()
                .find(|(case, forms, _)| case == name && forms.contains(&form));
            let same = match limit {
                _ if !recorded && EVERYWHERE.contains(&name.as_str()) => {
                    distinct(&guarded) == distinct(&plain)
                }
                // Other compilers have other limits.
                _ if !recorded => first(&guarded) == first(&plain),
                None => guarded == plain,
                // A limit that is none any more is to be struck off.
                Some(_) if guarded == plain => false,
                Some((.., Same::Repeated)) => distinct(&guarded) == distinct(&plain),
                Some((.., Same::Essence)) => essence(&guarded) == essence(&plain),
                Some((.., Same::Closure)) => places(&guarded) == places(&plain),
                Some((.., Same::First)) => first(&guarded) == first(&plain),
                Some((.., Same::Elsewhere)) => first(&guarded)[..3] == first(&plain)[..3],
            };
            if !same {
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
fn comparable(messages: &[Value], form: &str) -> Vec<Value> {
    let folder = format!("src/{form}/");
    // That an attribute guards nothing is said on purpose.
    let is_ours = |message: &Value| message.to_string().contains("::LOOP_GUARD`");
    let mut messages: Vec<_> = messages.iter().filter(|it| !is_ours(it)).cloned().collect();
    for message in &mut messages {
        strip(message, &folder);
    }
    // Of two errors of the borrow checker in one place, now one comes first and now the other.
    for one_place in messages.chunk_by_mut(|a, b| place(a) == place(b)) {
        one_place.sort_by_key(Value::to_string);
    }
    messages
}

/// Where a message's primary span begins.
fn place(message: &Value) -> Option<[&Value; 2]> {
    let mut spans = message["spans"].as_array()?.iter();
    let primary = spans.find(|span| span["is_primary"] == true)?;
    Some([&primary["line_start"], &primary["column_start"]])
}

/// Of each message its level, code, text and place.
fn essence(messages: &[Value]) -> Vec<[Value; 6]> {
    let of = |message: &Value| {
        let spans = message["spans"].as_array().into_iter().flatten();
        let place = spans
            .clone()
            .find(|span| span["is_primary"] == true)
            .unwrap_or(&Value::Null);
        let fields = [
            &message["level"],
            &message["code"]["code"],
            &message["message"],
        ];
        let [level, code, text] = fields.map(Value::clone);
        let [line, column] = ["line_start", "column_start"].map(|field| place[field].clone());
        [level, code, text, line, column, place["expansion"].clone()]
    };
    messages.iter().map(of).collect()
}

/// The essence, less a message that says what the one before it said.
fn distinct(messages: &[Value]) -> Vec<[Value; 6]> {
    let mut all = essence(messages);
    all.dedup();
    all
}

fn places(messages: &[Value]) -> Vec<[Value; 5]> {
    let of_all = essence(messages).into_iter();
    of_all
        .map(|[level, code, _, line, column, expansion]| [level, code, line, column, expansion])
        .collect()
}

fn first(messages: &[Value]) -> Vec<Value> {
    essence(messages)
        .into_iter()
        .take(1)
        .flat_map(|message| message.into_iter().take(4))
        .collect()
}

fn strip(value: &mut Value, folder: &str) {
    match value {
        Value::String(text) => *text = text.replace(folder, "src/"),
        Value::Object(fields) => {
            for field in ["rendered", "byte_start", "byte_end", "file_name"] {
                fields.remove(field);
            }
            for value in fields.values_mut() {
                strip(value, folder);
            }
        }
        Value::Array(values) => {
            for value in values {
                strip(value, folder);
            }
        }
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
