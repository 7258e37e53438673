//! What an outgoing request says.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::Duration;

use guard_runtime::wire::{Client, DeadlineLayer};
use guard_runtime::{Budget, Cause, Tripped, testing};
use harness::Paused;
use http::{HeaderMap, HeaderName, Request};
use tower::{Layer, Service, service_fn};

use crate::{ENVOY, GRPC, Text, header, millis, ready, request};

/// The headers that arrive, or the trip.
fn sent(layer: &DeadlineLayer<Client>, request: Request<Text>) -> Result<HeaderMap, Tripped> {
    let mut service = layer.layer(service_fn(async |request: Request<Text>| {
        Ok::<_, Infallible>(request.into_parts().0.headers)
    }));
    let outcome = ready(service.call(request));
    outcome.map_err(|error| *error.downcast::<Tripped>().expect("a trip"))
}

/// Calls `f` within this limit.
fn within<T>(limit: Duration, f: impl FnOnce() -> T) -> T {
    let _paused = Paused::new();
    Budget::timeout(limit).run(f).unwrap()
}

#[test]
fn what_is_left_is_written() {
    let layer = DeadlineLayer::client();
    within(millis(300), || {
        testing::advance(millis(50));
        let plain = sent(&layer, request(&[])).unwrap();
        assert_eq!(header(&plain, ENVOY), Some("250"));
        assert_eq!(header(&plain, "grpc-timeout"), None);
        let grpc = sent(&layer, request(&GRPC)).unwrap();
        assert_eq!(header(&grpc, "grpc-timeout"), Some("250000u"));
        assert_eq!(header(&grpc, ENVOY), None);
        let own = layer.clone().header(HeaderName::from_static("x-budget-ms"));
        let own = sent(&own, request(&GRPC)).unwrap();
        assert_eq!(header(&own, "x-budget-ms"), Some("250"));
        assert_eq!(header(&own, "grpc-timeout"), None);
        let margin = layer.clone().margin(millis(40));
        assert_eq!(
            header(&sent(&margin, request(&[])).unwrap(), ENVOY),
            Some("210")
        );
    });
}

#[test]
fn the_shorter_one_of_that_and_what_is_there_is_sent() {
    let layer = DeadlineLayer::client();
    within(millis(300), || {
        for (there, expected) in [
            ("100", "100"),
            ("301", "300"),
            ("", "300"),
            ("soon", "300"),
            ("-1", "300"),
        ] {
            let headers = sent(&layer, request(&[(ENVOY, there)])).unwrap();
            assert_eq!(header(&headers, ENVOY), Some(expected), "{there:?}");
            assert_eq!(headers.get_all(ENVOY).iter().count(), 1);
        }
        let twice = sent(&layer, request(&[(ENVOY, "200"), (ENVOY, "90")])).unwrap();
        assert_eq!(header(&twice, ENVOY), Some("90"));
        assert_eq!(twice.get_all(ENVOY).iter().count(), 1);
        let grpc = sent(&layer, request(&[GRPC[0], ("grpc-timeout", "1m")])).unwrap();
        assert_eq!(header(&grpc, "grpc-timeout"), Some("1000000n"));
    });
}

#[test]
fn without_a_budget_a_request_stays_as_it_is() {
    let layer = DeadlineLayer::client().margin(millis(40));
    assert_eq!(sent(&layer, request(&[])).unwrap().len(), 0);
    let headers = sent(&layer, request(&[(ENVOY, "100")])).unwrap();
    assert_eq!(header(&headers, ENVOY), Some("100"));
    let headers = sent(&layer, request(&[(ENVOY, "soon")])).unwrap();
    assert_eq!(header(&headers, ENVOY), Some("soon"));
}

#[test]
fn where_nothing_is_left_nothing_is_sent() {
    let called = Cell::new(0);
    let mut service = DeadlineLayer::client().layer(service_fn(async |_: Request<Text>| {
        called.set(called.get() + 1);
        Ok::<_, Infallible>(())
    }));
    within(millis(300), || {
        testing::advance(millis(301));
        let error = ready(service.call(request(&[]))).unwrap_err();
        let tripped = error.downcast::<Tripped>().unwrap();
        assert_eq!(tripped.scope(), "budget", "the scope that is spent");
        assert!(matches!(tripped.cause(), Cause::Timeout { limit, .. } if limit == millis(300)));
    });
    assert_eq!(called.get(), 0);
}

#[test]
fn a_margin_can_leave_nothing_of_what_is_left() {
    let layer = DeadlineLayer::client().margin(millis(40));
    Budget::timeout(millis(30))
        .run(|| {
            let tripped = sent(&layer, request(&[])).unwrap_err();
            assert_eq!(tripped.scope(), "request to send");
            assert!(matches!(
                tripped.cause(),
                Cause::Timeout {
                    limit: Duration::ZERO,
                    ..
                }
            ));
        })
        .unwrap();
    // Less than the header can express.
    let layer = DeadlineLayer::client();
    Budget::timeout(Duration::from_micros(900))
        .run(|| {
            assert!(sent(&layer, request(&[])).is_err());
        })
        .unwrap();
}

#[test]
fn a_hop_hands_on_what_it_was_given() {
    let _paused = Paused::new();
    let last = DeadlineLayer::server().layer(service_fn(async |_| {
        let left = guard_runtime::remaining();
        Ok::<_, Infallible>(crate::text(&format!("{left:?}")))
    }));
    let middle = DeadlineLayer::server()
        .max(millis(500))
        .layer(service_fn(async |_| {
            testing::advance(millis(100));
            let mut client = DeadlineLayer::client()
                .margin(millis(20))
                .layer(last.clone());
            client.call(request(&[])).await
        }));
    let mut first = DeadlineLayer::client().layer(middle);
    let call = Budget::timeout(millis(800)).wrap(first.call(request(&[])));
    let response = ready(call).unwrap().unwrap();
    let body = ready(http_body_util::BodyExt::collect(response.into_body())).unwrap();
    assert_eq!(body.to_bytes(), "Some(380ms)");
}

/// What travels is a duration, so it does not matter what the clocks show.
#[test]
fn a_clock_that_is_an_hour_wrong_changes_nothing() {
    const HOUR: Duration = Duration::from_secs(3600);
    let ask = |wrong: Duration| {
        std::thread::spawn(move || {
            within(millis(300), || testing::advance(wrong));
            within(millis(300), || {
                sent(&DeadlineLayer::client(), request(&[])).unwrap()
            })
        })
    };
    let answer = |headers: HeaderMap, wrong: Duration| {
        let serve = move || {
            let _paused = Paused::new();
            testing::advance(wrong);
            let mut service = DeadlineLayer::server().layer(service_fn(async |_| {
                Ok::<_, Infallible>(crate::text(&format!("{:?}", guard_runtime::remaining())))
            }));
            let mut request = request(&[]);
            *request.headers_mut() = headers;
            let response = ready(service.call(request)).unwrap();
            ready(http_body_util::BodyExt::collect(response.into_body()))
                .unwrap()
                .to_bytes()
        };
        std::thread::spawn(serve).join().unwrap()
    };
    for (client, server) in [(Duration::ZERO, HOUR), (HOUR, Duration::ZERO)] {
        let headers = ask(client).join().unwrap();
        assert_eq!(answer(headers, server), "Some(300ms)");
    }
}

/// What is left counts on the clock that a test has stopped, in single-threaded runtimes, including one on which a
/// worker of another runtime blocks.
#[cfg(feature = "tokio")]
#[test]
fn what_is_left_goes_by_the_clock_of_the_runtime() {
    use tokio::runtime::Builder;
    use tokio::time::advance;

    let ask = || {
        let paused = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        let ask = async {
            advance(millis(700)).await;
            let headers = sent(&DeadlineLayer::client(), request(&[])).unwrap();
            header(&headers, ENVOY).map(str::to_owned)
        };
        let budget = Budget::timeout(millis(2_000));
        paused.unwrap().block_on(budget.wrap(ask)).unwrap()
    };
    assert_eq!(ask().as_deref(), Some("1300"));
    let worker = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let nested = async move {
        let budget = Budget::timeout(Duration::from_secs(3600));
        budget.run(|| tokio::task::block_in_place(ask)).unwrap()
    };
    let nested = worker.block_on(async { tokio::spawn(nested).await.unwrap() });
    assert_eq!(nested.as_deref(), Some("1300"));
}
