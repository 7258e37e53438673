//! What a subscriber of `tracing` is told: a line for each phase, node and flush hook, with fields.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use guard_runtime::shutdown::Shutdown;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::LONG;

/// Of all shutdowns of this process, without those whose tests look elsewhere.
static HEARD: Mutex<Vec<(Level, Fields)>> = Mutex::new(Vec::new());

type Fields = BTreeMap<&'static str, String>;

struct Listener;

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut heard = Heard(Fields::new());
        event.record(&mut heard);
        let is_ours = heard
            .0
            .get("message")
            .is_some_and(|line| line.contains("traced"));
        if is_ours {
            let mut all = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
            all.push((*event.metadata().level(), heard.0));
        }
    }
}

struct Heard(Fields);

impl Visit for Heard {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

#[test]
fn each_phase_and_node_is_an_event_with_fields() {
    let listener = tracing_subscriber::registry().with(Listener);
    tracing::subscriber::set_global_default(listener).unwrap();
    let shutdown = Shutdown::new().grace(LONG);
    shutdown.node("traced: http", Duration::from_secs(30), |_| ());
    shutdown.flush("traced: log", || panic!("no disk"));
    shutdown.begin("traced");
    _ = shutdown.wait();

    let heard = loop {
        let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // The report waits a tenth of a second at most for those who are told.
        if heard.len() == 7 {
            break heard;
        }
        thread::yield_now();
    };
    let field = |fields: &Fields, name| fields.get(name).cloned().unwrap_or_default();
    let told: Vec<_> = heard
        .iter()
        .map(|(level, fields)| (*level, field(fields, "guard"), field(fields, "cause")))
        .collect();
    let phase = |name: &str| (Level::INFO, quoted("shutdown"), quoted(name));
    let expected = [
        phase("begun"),
        phase("draining"),
        phase("stopping"),
        (Level::INFO, quoted("traced: http"), quoted("done")),
        phase("flushing"),
        (Level::ERROR, quoted("traced: log"), quoted("panicked")),
        phase("over"),
    ];
    assert_eq!(told, expected);
    let http = &heard[3].1;
    assert_eq!(field(http, "limit_ms"), "30000.0");
    assert!(
        field(http, "elapsed_ms").parse::<f64>().unwrap() < 30_000.0,
        "{http:?}"
    );
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}
