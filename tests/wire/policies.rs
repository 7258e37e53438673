//! Breakers and bulkheads as layers.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use guard_runtime::policy::{Breaker, Bulkhead, Errors, State};
use guard_runtime::wire::DeadlineLayer;
use guard_runtime::{Cause, Tripped, testing};
use harness::Paused;
use tower::{Layer, Service, service_fn};

use crate::{millis, poll, ready, request};

/// The cause of the trip with which a call ended, if it did.
fn refused<R>(outcome: Result<R, Box<dyn std::error::Error + Send + Sync>>) -> Option<Cause> {
    let error = outcome.err()?;
    error.downcast::<Tripped>().ok().map(|trip| trip.cause())
}

#[test]
fn an_open_breaker_does_not_call_the_service() {
    static DOWN: Breaker<Errors<std::io::Error>> = Breaker::new()
        .errors(|_| true)
        .open_for(millis(50))
        .successes(1);
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let _paused = Paused::new();
    let mut service = DOWN.layer().layer(service_fn(|up: bool| {
        // Not even its future is made.
        CALLS.fetch_add(1, Ordering::Relaxed);
        async move { up.then_some(7).ok_or(std::io::Error::other("down")) }
    }));
    assert_eq!(ready(service.call(true)).unwrap(), 7);
    for _ in 0..5 {
        assert!(refused(ready(service.call(false))).is_none());
    }
    assert_eq!(DOWN.state(), State::Open);
    let refusal = refused(ready(service.clone().call(true)));
    assert!(matches!(refusal, Some(Cause::Refused { .. })));
    assert_eq!(CALLS.load(Ordering::Relaxed), 6);
    testing::advance(millis(50));
    assert_eq!(ready(service.call(true)).unwrap(), 7);
    assert_eq!(DOWN.state(), State::Closed);
}

#[test]
fn a_call_that_is_dropped_gives_its_permit_back() {
    static REPORTS: Bulkhead = Bulkhead::new(1).queue(1);
    let _paused = Paused::new();
    let waits = service_fn(async |()| std::future::pending::<Result<(), Infallible>>().await);
    let mut service = REPORTS.layer().layer(waits);
    let (mut first, mut second) = (service.call(()), service.call(()));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());
    assert_eq!((REPORTS.available(), REPORTS.waiting()), (0, 1));
    assert_eq!(refused(ready(service.call(()))), Some(Cause::Full));
    drop(first);
    assert!(poll(second.as_mut()).is_pending());
    assert_eq!(REPORTS.waiting(), 0);
    drop(second);
    assert_eq!(REPORTS.available(), 1);
}

#[test]
fn a_request_that_is_cut_counts_and_its_permit_is_back() {
    static LEDGER: Breaker = Breaker::new();
    static PERMITS: Bulkhead = Bulkhead::new(1);
    let _paused = Paused::new();
    let handler = service_fn(async |_| {
        std::future::pending::<Result<http::Response<crate::Text>, Infallible>>().await
    });
    let guarded = LEDGER.layer().layer(PERMITS.layer().layer(handler));
    let mut server = DeadlineLayer::server().max(millis(100)).layer(guarded);
    for _ in 0..5 {
        let mut answer = Box::pin(server.call(request(&[])));
        assert!(poll(answer.as_mut()).is_pending());
        assert_eq!(PERMITS.available(), 0);
        testing::advance(millis(101));
        assert!(
            matches!(poll(answer.as_mut()), Poll::Ready(Ok(response)) if response.status() == 504)
        );
        assert_eq!(PERMITS.available(), 1);
    }
    assert_eq!(LEDGER.state(), State::Open);
    let refusal = refused(ready(server.call(request(&[]))));
    assert!(matches!(refusal, Some(Cause::Refused { .. })));
}
