//! The scope of a request: what it covers, how it ends, and who set its time.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

use guard_runtime::policy::{Breaker, Bulkhead};
use guard_runtime::wire::{DeadlineLayer, Server, grpc_code, status};
use guard_runtime::{Budget, CancelToken, Exit, Tripped, loop_guard, remaining, testing};
use harness::{Paused, events};
use http::{Response, StatusCode};
use tower::{Layer, Service, service_fn};

use crate::{Answer, ENVOY, GRPC, Text, header, millis, poll, ready, request, text};

fn layer() -> DeadlineLayer<Server> {
    DeadlineLayer::server().max(millis(100)).named("orders")
}

#[track_caller]
fn answered(polled: Poll<Answer>) -> StatusCode {
    match polled {
        Poll::Ready(Ok(response)) => response.status(),
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn a_handler_that_waits_is_dropped_at_its_deadline() {
    drop(events::take());
    let _paused = Paused::new();
    let dropped = Cell::new(false);
    let mut service = layer().layer(service_fn(async |_| {
        guard_runtime::defer! { dropped.set(true) }
        pending::<Result<Response<Text>, Infallible>>().await
    }));
    let mut future = pin!(service.call(request(&[])));
    assert!(poll(future.as_mut()).is_pending());
    testing::advance(millis(100));
    assert!(
        poll(future.as_mut()).is_pending(),
        "at the deadline, and not before"
    );
    assert!(!dropped.get());
    testing::advance(millis(1));
    assert_eq!(answered(poll(future.as_mut())), StatusCode::GATEWAY_TIMEOUT);
    assert!(dropped.get(), "before the peer is told");
    let told = events::take();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("orders") && told[0].contains("100ms allowed"),
        "{told:?}"
    );
}

#[test]
fn the_time_that_calling_the_handler_takes_counts() {
    let _paused = Paused::new();
    let mut service = layer().layer(service_fn(|_| {
        testing::advance(millis(60));
        async {
            let left = remaining();
            Ok::<_, Infallible>(text(&format!("{left:?}")))
        }
    }));
    let response = ready(service.call(request(&[]))).unwrap();
    let body = ready(http_body_util::BodyExt::collect(response.into_body())).unwrap();
    assert_eq!(body.to_bytes(), "Some(40ms)");
}

#[loop_guard(inherit)]
fn spin() -> Result<(), Tripped> {
    loop {
        testing::advance(millis(1));
    }
}

#[loop_guard(inherit)]
fn spin_without_a_place_for_an_error() {
    loop {
        testing::advance(millis(1));
    }
}

#[test]
fn a_handler_that_spins_is_left_in_its_loop() {
    let _paused = Paused::new();
    // With its own error, of which it makes the answer itself.
    let mut service = layer().layer(service_fn(async |_| {
        let mut response = text("late");
        if let Err(tripped) = spin() {
            *response.status_mut() = status(&tripped);
            assert_eq!(grpc_code(&tripped), 4);
        }
        Ok::<_, Infallible>(response)
    }));
    assert_eq!(
        ready(service.call(request(&[]))).unwrap().status(),
        StatusCode::GATEWAY_TIMEOUT
    );
    // By unwinding to the layer.
    let mut service = layer().layer(service_fn(async |_| {
        spin_without_a_place_for_an_error();
        Ok::<_, Infallible>(text("late"))
    }));
    assert_eq!(
        ready(service.call(request(&[]))).unwrap().status(),
        StatusCode::GATEWAY_TIMEOUT
    );
}

#[test]
fn a_response_that_the_handler_made_stays_as_it_is() {
    let _paused = Paused::new();
    let mut service = layer().layer(service_fn(async |_| {
        testing::advance(millis(101));
        let mut response = text("what there is");
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        Ok::<_, Infallible>(response)
    }));
    let response = ready(service.call(request(&[]))).unwrap();
    assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
}

#[test]
fn errors_and_panics_of_the_handler_go_through() {
    let _paused = Paused::new();
    let mut service = layer().layer(service_fn(async |_| Err::<Response<Text>, _>("broken")));
    assert_eq!(ready(service.call(request(&[]))).unwrap_err(), "broken");
    let mut service = layer().layer(service_fn(
        async |_| -> Result<Response<Text>, Infallible> {
            std::panic::resume_unwind(Box::new("a bug"))
        },
    ));
    let future = std::panic::AssertUnwindSafe(|| drop(ready(service.call(request(&[])))));
    assert!(std::panic::catch_unwind(future).is_err());
    assert_eq!(remaining(), None, "the stack is as it was");
}

#[test]
fn a_peers_time_is_told_from_ours() {
    let _paused = Paused::new();
    for (headers, remote) in [
        (&[(ENVOY, "99")][..], true),
        (&[(ENVOY, "100")], false),
        (&[], false),
    ] {
        let seen = Cell::new(None);
        let mut service = layer().layer(service_fn(async |_| {
            seen.set(
                spin()
                    .err()
                    .map(|tripped| (tripped.is_remote(), tripped.scope())),
            );
            Ok::<_, Infallible>(text(""))
        }));
        drop(ready(service.call(request(headers))));
        assert_eq!(seen.get(), Some((remote, "orders")), "{headers:?}");
    }
    // A budget inside is ours, whatever the peer says.
    let mut service = layer().layer(service_fn(async |_| {
        let own = Budget::timeout(millis(10)).run(spin).unwrap();
        assert!(!own.unwrap_err().is_remote());
        Ok::<_, Infallible>(text(""))
    }));
    drop(ready(service.call(request(&[(ENVOY, "50")]))));
}

static OPEN: Breaker = Breaker::new();
static FULL: Bulkhead = Bulkhead::new(0);

// None has a place for an error, so each unwinds to the layer.
#[loop_guard(iterations = 1)]
fn counted() {
    loop {}
}

#[loop_guard(timeout = "1h", breaker = OPEN)]
fn refused() {}

#[loop_guard(timeout = "1h", bulkhead = FULL)]
fn crowded() {}

#[loop_guard(cancel = gone())]
fn cancelled() {
    loop {}
}

fn gone() -> CancelToken {
    let token = CancelToken::new();
    token.cancel("client gone");
    token
}

#[test]
fn each_cause_has_its_answer() {
    let _paused = Paused::new();
    OPEN.force_open();
    let trips: [(&str, fn()); 5] = [
        ("time", spin_without_a_place_for_an_error),
        ("iterations", counted),
        ("a breaker", refused),
        ("a bulkhead", crowded),
        ("a token", cancelled),
    ];
    let answers = [(504, "4"), (503, "8"), (503, "14"), (503, "8"), (503, "1")];
    for ((name, trip), (http, grpc)) in trips.into_iter().zip(answers) {
        let mut service = layer().layer(service_fn(async |_| {
            trip();
            Ok::<_, Infallible>(text("late"))
        }));
        let response = ready(service.call(request(&[]))).unwrap();
        assert_eq!(response.status(), http, "{name}");
        let response = ready(service.call(request(&GRPC))).unwrap();
        assert_eq!(
            header(response.headers(), "grpc-status"),
            Some(grpc),
            "{name}"
        );
    }
}

#[test]
fn cleanups_in_the_handler_are_told_why() {
    let _paused = Paused::new();
    let told = Cell::new(String::new());
    let mut service = layer().layer(service_fn(async |_| {
        let outcome = waits(&told).await;
        Ok::<_, Infallible>(text(&format!("{}", outcome.is_ok())))
    }));
    let mut future = pin!(service.call(request(&[])));
    assert!(poll(future.as_mut()).is_pending());
    testing::advance(millis(101));
    drop(poll(future.as_mut()));
    let told = told.take();
    assert!(told.contains("orders"), "{told}");
}

#[loop_guard(timeout = "1h", cleanup = |exit: &Exit<'_>| told.set(format!("{exit:?}")))]
async fn waits(told: &Cell<String>) -> Result<(), Tripped> {
    pending().await
}

#[test]
fn scopes_around_the_service_count_as_well() {
    let _paused = Paused::new();
    let mut service = layer().layer(service_fn(async |_| {
        Ok::<_, Infallible>(text(&format!("{:?}", remaining())))
    }));
    let budget = Budget::timeout(millis(30));
    let response = ready(budget.wrap(service.call(request(&[]))))
        .unwrap()
        .unwrap();
    let body = ready(http_body_util::BodyExt::collect(response.into_body())).unwrap();
    assert_eq!(body.to_bytes(), "Some(30ms)");
}

#[test]
fn a_future_that_is_dropped_leaves_nothing_behind() {
    let _leaks = testing::LeakCheck::new();
    let _paused = Paused::new();
    let mut service = layer().layer(service_fn(async |_| {
        pending::<Result<Response<Text>, Infallible>>().await
    }));
    let mut futures: Vec<_> = (0..100)
        .map(|_| Box::pin(service.call(request(&[]))))
        .collect();
    for future in &mut futures {
        assert!(poll(future.as_mut()).is_pending());
    }
    drop(futures);
    drop(service.call(request(&[])));
}

#[test]
fn the_name_and_the_mode_are_those_of_any_guard() {
    use guard_runtime::{Mode, set_mode};
    let _paused = Paused::new();
    set_mode("wire_observed", Mode::Observe).unwrap();
    set_mode("wire_off", Mode::Off).unwrap();
    for name in ["wire_observed", "wire_off"] {
        let waited = Cell::new(0);
        let mut service = layer().named(name).layer(service_fn(async |_| {
            poll_fn(|_| {
                waited.set(waited.get() + 1);
                if waited.get() == 3 {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            Ok::<_, Infallible>(text("done"))
        }));
        let mut future = pin!(service.call(request(&[])));
        assert!(poll(future.as_mut()).is_pending());
        testing::advance(millis(101));
        assert!(poll(future.as_mut()).is_pending(), "{name}");
        assert_eq!(answered(poll(future)), StatusCode::OK, "{name}");
    }
}
