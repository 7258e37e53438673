//! A few seconds of what `cargo bench --bench overdue` does for ten minutes.

#[path = "../../benches/overdue/honest.rs"]
mod work;

use std::time::Duration;

#[test]
fn the_watchdog_tells_of_no_thread_that_checks() {
    let run = work::run(Duration::from_secs(4));
    // A thread to which the machine gives no CPU time for a second is not this test's concern.
    let ours = run
        .overdue
        .iter()
        .filter(|line| !line.contains("gets no processor"));
    assert_eq!(ours.count(), 0, "{run}");
}
