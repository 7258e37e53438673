//! A recorder that is installed after all threads have ended.

use metrics_of_guards::{ENTRIES, Exporter, THREADS, enter};

#[test]
fn a_late_recorder_is_told_of_every_entry_before_it() {
    enter();
    // Longer than the ticker takes to park.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let exporter = Exporter::install();
    let entered = exporter.await_value(
        r#"loop_guard_entered_total{guard="metrics::entered"}"#,
        |_| true,
    );
    assert_eq!(entered, (THREADS * ENTRIES) as f64);
}
