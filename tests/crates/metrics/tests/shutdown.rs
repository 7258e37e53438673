//! The metrics of a shutdown are published at once, since the process may end within the second.

use std::sync::mpsc;
use std::time::Duration;

use guard_runtime::shutdown::Shutdown;
use metrics_of_guards::{Exporter, value};

#[test]
fn nodes_and_phases_are_there_when_it_is_over() {
    let exporter = Exporter::install();
    let shutdown = Shutdown::new().grace(Duration::from_secs(60));
    let (release, hang) = mpsc::channel::<()>();
    let database = shutdown.node("database", Duration::from_secs(30), |_| ());
    shutdown
        .node("http", Duration::from_millis(10), move |_| _ = hang.recv())
        .uses(&database);
    shutdown.flush("log", || panic!("no disk"));
    shutdown.begin("test");
    assert!(!shutdown.wait().is_clean());
    drop(release);

    // They were published before the shutdown was over, unless the recorder was slow.
    let nodes = [
        (r#"{node="database",outcome="done"}"#, 1.0),
        (r#"{node="http",outcome="overran"}"#, 1.0),
        (r#"{node="log",outcome="panicked"}"#, 1.0),
    ];
    for (labels, expected) in nodes {
        let series = format!("loop_guard_shutdown_nodes_total{labels}");
        assert_eq!(exporter.await_value(&series, |_| true), expected);
    }
    let over = exporter.await_value(r#"loop_guard_shutdown_phase_seconds{phase="over"}"#, |_| true);
    let text = exporter.scrape();
    let mut last = 0.0;
    for phase in ["begun", "draining", "stopping", "flushing", "over"] {
        let series = format!(r#"loop_guard_shutdown_phase_seconds{{phase="{phase}"}}"#);
        let at = value(&text, &series).unwrap_or_else(|| panic!("{series}: {text}"));
        assert!((last..=over).contains(&at), "{series}: {text}");
        last = at;
    }
    let took = |node| value(&text, &format!(r#"loop_guard_shutdown_node_seconds{{node="{node}"}}"#));
    assert!(took("database").is_some_and(|took| took <= over), "{text}");
    assert_eq!(took("http"), None, "it never ended: {text}");
    for name in ["nodes_total", "node_seconds", "phase_seconds"] {
        let help = format!("# HELP loop_guard_shutdown_{name} ");
        assert!(text.contains(&help), "{name}: {text}");
    }
}
