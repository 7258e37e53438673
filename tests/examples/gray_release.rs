//! The steps of a new guard into production, as the README lists them.

use std::process::Command;

use crate::built::example;

/// What the program prints under these rules, and whether all orders were completed.
fn run(rules: Option<&str>) -> (String, bool) {
    let mut command = Command::new(example("gray_release", ""));
    match rules {
        Some(rules) => command.env("LOOP_GUARD", rules),
        None => command.env_remove("LOOP_GUARD"),
    };
    let output = command.output().unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        output.status.success(),
    )
}

#[test]
fn observe_then_set_timeouts_then_enforce_one_then_all() {
    // Without the steps, honest work is cut.
    let (told, done) = run(None);
    assert!(
        !done && told.contains("orders::import") && told.contains("0 of 3 orders done"),
        "{told}"
    );

    let (told, done) = run(Some("observe"));
    let would_trip = |told: &str| {
        told.lines()
            .filter(|line| line.starts_with("would trip: orders::import at"))
            .count()
    };
    assert!(done && would_trip(&told) == 3, "{told}");

    let (told, done) = run(Some("observe,orders::import.timeout=1m"));
    assert!(done && would_trip(&told) == 0, "{told}");

    let (told, done) = run(Some(
        "observe,orders::price=enforce,orders::import.timeout=1m",
    ));
    assert!(done && told == "3 of 3 orders done\n", "{told}");

    let (told, done) = run(Some("orders::import.timeout=1m"));
    assert!(done && told == "3 of 3 orders done\n", "{told}");
}

#[test]
fn the_readme_has_the_steps() {
    let readme = include_str!("../../README.md");
    for step in [
        "LOOP_GUARD=\"observe\"",
        "LOOP_GUARD=\"observe,orders::import.timeout=1m\"",
        "LOOP_GUARD=\"observe,orders::price=enforce,orders::import.timeout=1m\"",
        "LOOP_GUARD=\"orders::import.timeout=1m\"",
    ] {
        assert!(readme.contains(step), "{step}");
    }
}
