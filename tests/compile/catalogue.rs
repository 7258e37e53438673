//! The catalogue: what is said of wrong uses, and of users' own mistakes in guarded functions.
//!
//! | folder | who speaks |
//! |---|---|
//! | `misuse/` | this library |
//! | `rustc/`, `hygiene/` | the compiler, of what it was told through the attribute |
//! | `without_features/` | this library, where features of it are off (`without_features.rs`) |
//! | `warned/` | the compiler, of what this library deprecates; lints wait for all other errors, so word for word alone |
//! | `user/` | the compiler; `diagnostics.rs` compares with what it says without the attribute |
//! | `std/` | the same, without snapshot: what is quoted depends on the crates and sources that are there |
//!
//! The `.stderr` files hold for the compiler that `RUSTC` names: there they are compared word for
//! word. After a change of the messages: `TRYBUILD=overwrite cargo test --test compile catalogue`, and read the
//! difference aloud. On every compiler the files are shown to be rejected, with our first line.

use std::fs;

use serde_json::Value;

use crate::cases;

#[test]
fn word_for_word() {
    if !cases::is_recorded_compiler() {
        // Of `user/` only this is left to show here; the test below shows the rest.
        for (name, messages) in cases::check("user", &cases::of("user")) {
            assert!(errors(&messages).next().is_some(), "{name} compiles");
        }
        return;
    }
    let cases = trybuild::TestCases::new();
    for folder in ["misuse", "rustc", "hygiene", "warned", "user"] {
        cases.compile_fail(format!("tests/compile/ui/{folder}/*.rs"));
    }
}

#[test]
fn rejected_by_any_compiler_with_our_first_line() {
    let cases = cases::of("misuse");
    for (name, messages) in cases::check("misuse", &cases) {
        let wanted = first_line(&cases[&name]);
        assert!(
            errors(&messages).any(|line| line == wanted),
            "{name}: no {wanted}"
        );
        let lost = errors(&messages).find(|line| line.contains("cannot find"));
        assert_eq!(lost, None, "{name}: the item is gone");
    }
}

#[test]
fn rejected_by_any_compiler_in_its_own_words() {
    for folder in ["rustc", "hygiene"] {
        let cases = cases::of(folder);
        for (name, messages) in cases::check(folder, &cases) {
            let line = first_line(&cases[&name]);
            let (wanted, _) = line.split_once(": ").expect("a code and a text");
            assert!(
                errors(&messages).any(|line| line.starts_with(wanted)),
                "{name}: no {wanted}"
            );
        }
    }
}

/// The first line of the snapshot that is an error's.
fn first_line(case: &std::path::Path) -> String {
    let snapshot = fs::read_to_string(case.with_extension("stderr")).expect("the snapshot");
    let line = snapshot.lines().find(|line| line.starts_with("error"));
    line.expect("an error").to_owned()
}

/// The first lines of the errors, as they are printed.
fn errors(messages: &[Value]) -> impl Iterator<Item = String> {
    let errors = messages
        .iter()
        .filter(|message| message["level"] == "error");
    errors.map(|error| {
        let code = error["code"]["code"]
            .as_str()
            .map(|code| format!("[{code}]"));
        let text = error["message"].as_str().expect("a text");
        format!("error{}: {text}", code.unwrap_or_default())
    })
}
