//! What each header, valid or not, does to a request.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::Duration;

use guard_runtime::remaining;
use guard_runtime::wire::{DeadlineLayer, Server};
use harness::Paused;
use http::{HeaderName, HeaderValue, Request};
use tower::{Layer, Service, service_fn};

use crate::{ENVOY, GRPC, Text, header, millis, ready, request, text};

/// The time that the handler has; `None` without a deadline, and an error if it is not called.
pub(crate) fn time_of(
    layer: &DeadlineLayer<Server>,
    request: Request<Text>,
) -> Result<Option<Duration>, http::StatusCode> {
    let _paused = Paused::new();
    let time = Cell::new(None);
    let mut service = layer.layer(service_fn(async |_| {
        time.set(Some(remaining()));
        Ok::<_, Infallible>(text("done"))
    }));
    let response = ready(service.call(request)).unwrap();
    time.get().ok_or(response.status())
}

fn layer() -> DeadlineLayer<Server> {
    DeadlineLayer::server()
        .max(millis(1000))
        .default(millis(200))
}

#[test]
fn the_shorter_one_of_header_and_maximum_counts() {
    let own = layer().header(HeaderName::from_static("x-budget-ms"));
    for (headers, expected) in [
        (&[("grpc-timeout", "300m")][..], 300),
        (&[("grpc-timeout", "5S")], 1000),
        (&[(ENVOY, "300")], 300),
        (&[(ENVOY, "1001")], 1000),
        (&[("x-budget-ms", "70")], 70),
        (&[("grpc-timeout", "300m"), (ENVOY, "299")], 299),
        (
            &[
                ("grpc-timeout", "298m"),
                (ENVOY, "299"),
                ("x-budget-ms", "300"),
            ],
            298,
        ),
        (&[(ENVOY, "400"), (ENVOY, "150"), (ENVOY, "500")], 150),
        (&[], 200),
    ] {
        let time = time_of(&own, request(headers));
        assert_eq!(time, Ok(Some(millis(expected))), "{headers:?}");
    }
    // A header of some other system has no effect.
    let time = time_of(&layer(), request(&[("x-budget-ms", "70")]));
    assert_eq!(time, Ok(Some(millis(200))));
}

#[test]
fn a_request_without_any_limit_has_no_deadline() {
    assert_eq!(time_of(&DeadlineLayer::server(), request(&[])), Ok(None));
    let only_max = DeadlineLayer::server().max(millis(1000));
    assert_eq!(time_of(&only_max, request(&[])), Ok(Some(millis(1000))));
    let long_default = only_max.default(millis(5000));
    assert_eq!(time_of(&long_default, request(&[])), Ok(Some(millis(1000))));
}

#[test]
fn a_header_that_cannot_be_read_is_one_that_is_not_there() {
    let wrong = [
        "",
        " ",
        "5",
        "S",
        "5s",
        "+5S",
        "-5S",
        "5 S",
        "1.5S",
        "0x5S",
        "123456789S",
        "5SS",
        "NaN",
        "5m5m",
        "five",
    ];
    for value in wrong {
        let time = time_of(&layer(), request(&[("grpc-timeout", value)]));
        assert_eq!(time, Ok(Some(millis(200))), "grpc-timeout: {value:?}");
    }
    let wrong = [
        "",
        " ",
        "5S",
        "5m",
        "-5",
        "+5",
        "1.5",
        "5 ",
        "0x5",
        "18446744073709551616",
        "1e3",
    ];
    for value in wrong {
        let time = time_of(&layer(), request(&[(ENVOY, value)]));
        assert_eq!(time, Ok(Some(millis(200))), "{ENVOY}: {value:?}");
    }
    // No text at all.
    let mut bytes = request(&[]);
    let value = HeaderValue::from_bytes(b"5\xffS").unwrap();
    bytes.headers_mut().insert("grpc-timeout", value);
    assert_eq!(time_of(&layer(), bytes), Ok(Some(millis(200))));
    // One valid header among several is enough.
    let time = time_of(
        &layer(),
        request(&[(ENVOY, "soon"), (ENVOY, "90"), ("grpc-timeout", "1")]),
    );
    assert_eq!(time, Ok(Some(millis(90))));
}

#[test]
fn the_longest_timeouts_do_not_overflow() {
    let endless = DeadlineLayer::server();
    for header in [
        ("grpc-timeout", "99999999H"),
        (ENVOY, "18446744073709551615"),
    ] {
        let time = time_of(&endless, request(&[header])).unwrap();
        let years = Duration::from_secs(60 * 60 * 24 * 365 * 100);
        assert!(time.is_none_or(|time| time > years), "{header:?}: {time:?}");
    }
}

#[test]
fn what_has_no_time_left_on_arrival_does_not_reach_the_handler() {
    for zero in [
        ("grpc-timeout", "0n"),
        ("grpc-timeout", "0H"),
        (ENVOY, "0"),
        (ENVOY, "00000"),
    ] {
        let time = time_of(&layer(), request(&[zero]));
        assert_eq!(time, Err(http::StatusCode::GATEWAY_TIMEOUT), "{zero:?}");
    }
    let nothing = DeadlineLayer::server().max(Duration::ZERO);
    assert_eq!(
        time_of(&nothing, request(&[])),
        Err(http::StatusCode::GATEWAY_TIMEOUT)
    );

    let mut service = layer().layer(service_fn(async |_| -> Result<_, Infallible> {
        unreachable!("not called: {}", text("").status())
    }));
    for kind in [
        "application/grpc",
        "application/grpc+proto",
        "application/grpc;q=1",
    ] {
        let expired = request(&[("content-type", kind), ("grpc-timeout", "0n")]);
        let response: http::Response<_> = ready(service.call(expired)).unwrap();
        let _: &guard_runtime::wire::DeadlineBody<Text> = response.body();
        assert_eq!(response.status(), 200, "{kind}: gRPC tells its own status");
        assert_eq!(header(response.headers(), "content-type"), Some(GRPC[0].1));
        assert_eq!(header(response.headers(), "grpc-status"), Some("4"));
        let message = header(response.headers(), "grpc-message").unwrap();
        assert!(
            message.starts_with("request ran out of time: 0ns allowed"),
            "{message}"
        );
    }
    // Another kind than gRPC, despite its name.
    for kind in ["application/grpc-web", "text/plain"] {
        let expired = request(&[("content-type", kind), (ENVOY, "0")]);
        assert_eq!(
            ready(service.call(expired)).unwrap().status(),
            504,
            "{kind}"
        );
    }
}
