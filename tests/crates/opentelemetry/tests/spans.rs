//! A trip is an event on the span of the request that it cut.

use std::time::Duration;

use guard_runtime::{Tripped, loop_guard};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing::info_span;
use tracing_subscriber::layer::SubscriberExt;

#[loop_guard(timeout = "10ms", name = "search")]
fn search() -> Result<(), Tripped> {
    loop {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_trip_is_an_event_on_the_span_that_it_cut_and_on_no_other() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();

    info_span!("honest").in_scope(|| ());
    info_span!("outer").in_scope(|| info_span!("runaway").in_scope(|| search().unwrap_err()));
    provider.force_flush().unwrap();

    let spans = exporter.get_finished_spans().unwrap();
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["honest", "runaway", "outer"]);
    let events: Vec<_> = spans.iter().map(|span| span.events.len()).collect();
    assert_eq!(events, [0, 1, 0]);
    let event = &spans[1].events[0];
    let attribute = |key: &str| {
        let found = event
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == key);
        found.map(|attribute| attribute.value.as_str().into_owned())
    };
    assert_eq!(attribute("guard").as_deref(), Some("search"));
    assert_eq!(attribute("cause").as_deref(), Some("timeout"));
    assert!(
        event.name.contains("ran out of time: 10ms allowed"),
        "{}",
        event.name
    );
}
