//! A recorder that is installed before the first scope.

use metrics_of_guards::{ENTRIES, Exporter, THREADS, enter, value};

#[test]
fn every_entry_of_every_thread_is_counted_once() {
    const SERIES: &str = r#"loop_guard_entered_total{guard="metrics::entered"}"#;
    let all = (THREADS * ENTRIES) as f64;
    let exporter = Exporter::install();
    std::thread::scope(|scope| {
        let entering = scope.spawn(enter);
        let mut before = 0.0;
        while !entering.is_finished() {
            // As a scraper sees it, the counter grows and is never too large.
            let now = value(&exporter.scrape(), SERIES).unwrap_or(0.0);
            assert!(now >= before && now <= all, "{before} {now}");
            before = now;
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    });
    assert_eq!(exporter.await_value(SERIES, |now| now >= all), all);
}
