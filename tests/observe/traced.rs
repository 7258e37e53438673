//! Events for a subscriber of `tracing`: which, with what, and inside which span.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context as TaskContext, Poll, Waker};
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, Mode, Tripped, checkpoint, loop_guard, set_mode, testing};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber, info_span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::{assert_success, child, nested};

const MS: Duration = Duration::from_millis(1);

/// One event, as a subscriber hears it.
#[derive(Debug, Clone)]
struct Heard {
    level: Level,
    span: Option<String>,
    fields: BTreeMap<String, String>,
}

#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<Heard>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "loop_guard" {
            return;
        }
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        let heard = Heard {
            level: *event.metadata().level(),
            span: context.event_span(event).map(|span| span.name().to_owned()),
            fields: fields.0,
        };
        assert_ne!(
            heard.fields["guard"], "traced::panics",
            "a subscriber that panics"
        );
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(heard);
    }
}

struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// What the process's subscriber was told of this guard.
fn heard(guard: &str) -> Vec<Heard> {
    static LISTENER: OnceLock<Listener> = OnceLock::new();
    let listener = LISTENER.get_or_init(|| {
        let listener = Listener::default();
        let subscriber = tracing_subscriber::registry().with(listener.clone());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        listener
    });
    let heard = listener.0.lock().unwrap_or_else(PoisonError::into_inner);
    heard
        .iter()
        .filter(|heard| heard.fields["guard"] == guard)
        .cloned()
        .collect()
}

/// Runs the test in a process of its own: a process has one subscriber, and other tests listen to stderr.
fn alone(name: &str, test: impl FnOnce()) {
    match child(&format!("traced::{name}"), &[]) {
        Some(output) => _ = assert_success(&output),
        None => test(),
    }
}

fn work(name: &'static str, steps: u32) -> Result<(), Tripped> {
    let outcome = Budget::timeout(5 * MS).named(name).run(|| {
        for _ in 0..steps {
            testing::advance(MS);
            checkpoint()?;
        }
        Ok(())
    });
    outcome?
}

#[test]
fn a_trip_is_an_event_with_fields_inside_the_callers_span() {
    alone(
        "a_trip_is_an_event_with_fields_inside_the_callers_span",
        || {
            assert_eq!(heard("traced::trips").len(), 0);
            let _paused = harness::Paused::new();
            info_span!("request").in_scope(|| work("traced::trips", 10).unwrap_err());
            work("traced::trips", 10).unwrap_err();
            let heard = heard("traced::trips");
            assert_eq!(heard.len(), 2);
            let first = &heard[0];
            assert_eq!(
                (first.level, first.span.as_deref()),
                (Level::WARN, Some("request"))
            );
            let field = |name: &str| &*first.fields[name];
            assert_eq!(
                (field("cause"), field("limit_ms"), field("elapsed_ms")),
                ("timeout", "5.0", "6.0")
            );
            assert!(
                field("location").starts_with("tests/observe/traced.rs:"),
                "{first:?}"
            );
            assert!(field("thread").contains("a_trip_is_an_event"), "{first:?}");
            assert!(field("message").contains("ran out of time"), "{first:?}");
            assert_eq!(heard[1].span, None);
        },
    );
}

#[loop_guard(timeout = "5ms", name = "traced::future")]
async fn future() -> Result<(), Tripped> {
    loop {
        testing::advance(MS);
        pin!(Once(false)).await;
    }
}

/// Pending once.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[test]
fn a_futures_trip_is_inside_the_span_in_which_it_is_polled() {
    alone(
        "a_futures_trip_is_inside_the_span_in_which_it_is_polled",
        || {
            assert_eq!(heard("traced::future").len(), 0);
            let _paused = harness::Paused::new();
            let (mut future, span) = (pin!(future()), info_span!("task"));
            loop {
                // As `Instrument` does.
                let polled = span.in_scope(|| {
                    future
                        .as_mut()
                        .poll(&mut TaskContext::from_waker(Waker::noop()))
                });
                if let Poll::Ready(outcome) = polled {
                    outcome.unwrap_err();
                    break;
                }
            }
            let heard = heard("traced::future");
            assert_eq!(heard.len(), 1);
            assert_eq!(heard[0].span.as_deref(), Some("task"));
        },
    );
}

#[test]
fn levels_follow_the_kind_and_stderr_hears_nothing() {
    const NAME: &str = "levels_follow_the_kind_and_stderr_hears_nothing";
    if let Some(output) = child(&format!("traced::{NAME}"), &[]) {
        let stderr = assert_success(&output);
        assert!(!stderr.contains("loop guard:"), "{stderr}");
        return;
    }
    assert_eq!(heard("traced::kinds").len(), 0);
    set_mode("traced::kinds", Mode::Observe).unwrap();
    {
        let _paused = harness::Paused::new();
        work("traced::kinds", 10).unwrap();
    }
    set_mode("traced::kinds", Mode::Enforce).unwrap();
    let hangs = || {
        while heard("traced::kinds").len() < 2 {
            thread::sleep(10 * MS);
        }
        checkpoint()
    };
    info_span!("hangs").in_scope(|| {
        Budget::timeout(50 * MS)
            .named("traced::kinds")
            .run(hangs)
            .unwrap()
            .unwrap_err();
    });
    let mut heard: Vec<_> = heard("traced::kinds")
        .iter()
        .map(|heard| {
            (
                heard.level,
                heard.fields["cause"].clone(),
                heard.span.clone(),
            )
        })
        .collect();
    // On a machine under load the watchdog may have told again.
    heard.dedup();
    let hangs = Some("hangs".to_owned());
    assert_eq!(
        heard,
        [
            (Level::INFO, "timeout".to_owned(), None),
            // From the ticker's thread.
            (Level::ERROR, "overdue".to_owned(), None),
            (Level::INFO, "recovered".to_owned(), hangs.clone()),
            (Level::WARN, "timeout".to_owned(), hangs),
        ]
    );
}

#[test]
fn a_late_result_is_an_event_with_its_times() {
    alone("a_late_result_is_an_event_with_its_times", || {
        assert_eq!(heard("traced::late").len(), 0);
        let _paused = harness::Paused::new();
        let late = || testing::advance(250 * MS);
        let budget = Budget::timeout(200 * MS).named("traced::late");
        budget.run(late).unwrap();
        let heard = heard("traced::late");
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0].level, Level::WARN);
        assert_eq!(heard[0].fields["cause"], "late");
        assert_eq!(heard[0].fields["limit_ms"], "200.0");
        assert_eq!(heard[0].fields["elapsed_ms"], "250.0");
    });
}

#[test]
fn a_subscriber_that_panics_changes_nothing() {
    alone("a_subscriber_that_panics_changes_nothing", || {
        assert_eq!(heard("traced::panics").len(), 0);
        let _paused = harness::Paused::new();
        assert_eq!(
            work("traced::panics", 10).unwrap_err().scope(),
            "traced::panics"
        );
        // And it is told of the next one.
        work("traced::after", 10).unwrap_err();
        assert_eq!(heard("traced::after").len(), 1);
    });
}

#[test]
fn through_opentelemetry_a_trip_is_an_event_on_the_right_span() {
    let told = nested("opentelemetry", &["--test", "spans"]);
    assert!(told.contains("1 passed"), "{told}");
}

#[cfg(feature = "policy")]
#[test]
fn what_policies_do_is_an_event_inside_the_callers_span() {
    use guard_runtime::policy::{Breaker, Bulkhead, Retry};

    fn told(guard: &str) -> Vec<(Level, String, Option<String>)> {
        let heard = heard(guard).into_iter();
        let told = heard.map(|heard| (heard.level, heard.fields["cause"].clone(), heard.span));
        told.collect()
    }

    alone(
        "what_policies_do_is_an_event_inside_the_callers_span",
        || {
            assert_eq!(told("traced::ledger").len(), 0);
            let _paused = harness::Paused::new();
            let ledger = Breaker::new()
                .open_for(50 * MS)
                .successes(1)
                .named("traced::ledger");
            let reports = Bulkhead::new(1).queue(1).named("traced::reports");
            info_span!("request").in_scope(|| {
                for _ in 0..5 {
                    _ = ledger.run(|| work("traced::work", 10));
                }
                ledger.run(|| ()).unwrap_err();
                testing::advance(50 * MS);
                ledger.run(|| ()).unwrap();
                let mut first = true;
                let retry = Retry::attempts(2).delay(MS, MS);
                _ = retry.run(|| {
                    if std::mem::take(&mut first) {
                        Err(())
                    } else {
                        Ok(())
                    }
                });
                let mut context = TaskContext::from_waker(Waker::noop());
                let mut calls =
                    [(); 3].map(|()| Box::pin(reports.wrap(std::future::pending::<()>())));
                for call in &mut calls {
                    _ = call.as_mut().poll(&mut context);
                }
            });
            let events = |events: &[(Level, &str)]| {
                let request = || Some("request".to_owned());
                let event =
                    |(level, cause): &(Level, &str)| (*level, (*cause).to_owned(), request());
                events.iter().map(event).collect::<Vec<_>>()
            };
            let (info, warn) = (Level::INFO, Level::WARN);
            assert_eq!(
                told("traced::ledger"),
                events(&[
                    (warn, "opened"),
                    (warn, "refused"),
                    (info, "half_opened"),
                    (info, "closed")
                ])
            );
            assert_eq!(told("retry"), events(&[(info, "retrying")]));
            assert_eq!(
                told("traced::reports"),
                events(&[(info, "queued"), (warn, "full")])
            );
        },
    );
}
