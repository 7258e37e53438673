//! The alert rules, tested with promtool.

use std::path::Path;
use std::process::Command;

/// Runs promtool in the folder of the rules; false if it is not installed.
fn promtool(arguments: &[&str]) -> bool {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/alerts");
    let mut command = Command::new("promtool");
    match command.args(arguments).current_dir(folder).output() {
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stdout);
            let wrong = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{told}\n{wrong}");
            true
        }
        Err(error) => {
            println!("skipped: promtool (Debian's `prometheus`): {error}");
            false
        }
    }
}

#[test]
fn the_alert_rules_fire_when_they_should() {
    if promtool(&["check", "rules", "loop_guard.rules.yml"]) {
        promtool(&["test", "rules", "loop_guard.test.yml"]);
    }
}

/// A rule on a metric that is never published would never fire.
#[test]
fn the_rules_name_metrics_that_are_published() {
    let rules = include_str!("../../examples/alerts/loop_guard.rules.yml");
    let published = include_str!("../../guard-runtime/src/metrics/publish.rs");
    let causes = include_str!("../../guard-runtime/src/trip/event.rs");
    for metric in [
        "loop_guard_entered_total",
        "loop_guard_fired_total",
        "loop_guard_overdue_total",
    ] {
        assert!(
            rules.contains(metric) && published.contains(&format!("\"{metric}\"")),
            "{metric}"
        );
    }
    for cause in ["timeout", "cpu", "iterations", "depth", "all"] {
        assert!(
            rules.contains(cause) && causes.contains(&format!("(\"{cause}\",")),
            "{cause}"
        );
    }
}
