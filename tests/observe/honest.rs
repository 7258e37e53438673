//! What `cargo bench --bench overdue` does for ten minutes, for some seconds.

#[path = "../../benches/overdue/honest.rs"]
mod work;

use std::time::Duration;

#[test]
fn the_watchdog_tells_of_no_thread_that_checks() {
    let run = work::run(Duration::from_secs(4));
    // A thread that the machine gives no processor for a second is not this test's.
    let ours = run
        .overdue
        .iter()
        .filter(|line| !line.contains("gets no processor"));
    assert_eq!(ours.count(), 0, "{run}");
}
