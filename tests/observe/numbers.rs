//! Metrics, as an exporter tells them: each program of the nested crate has one recorder.

use crate::nested;

#[test]
fn entries_are_counted_exactly_also_for_a_late_recorder() {
    let told = nested("metrics", &["--test", "early", "--test", "late"]);
    assert_eq!(told.matches("1 passed").count(), 2, "{told}");
}

#[test]
fn each_metric_is_there_and_a_recorder_that_panics_ends_nothing() {
    let told = nested(
        "metrics",
        &["--test", "all", "--test", "panics", "--test", "shutdown"],
    );
    assert_eq!(told.matches("1 passed").count(), 3, "{told}");
}

#[test]
fn policies_tell_their_states_and_what_they_did() {
    let told = nested("metrics", &["--test", "policies"]);
    assert_eq!(told.matches("1 passed").count(), 1, "{told}");
}
