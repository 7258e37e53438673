//! `#[instrument]` above the guard and below it.

use std::cell::Cell;

use guard_runtime::{Tripped, loop_guard};
use tracing::instrument;
use tracing::subscriber::with_default;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

thread_local! {
    static EVENTS: Cell<u32> = const { Cell::new(0) };
}

struct Count;

impl<S: tracing::Subscriber> Layer<S> for Count {
    fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
        EVENTS.set(EVENTS.get() + 1);
    }
}

/// Counts the events while `f` runs.
fn events<T>(f: impl FnOnce() -> T) -> (T, u32) {
    EVENTS.set(0);
    let subscriber = tracing_subscriber::registry().with(Count);
    (with_default(subscriber, f), EVENTS.get())
}

#[loop_guard(iterations = 3)]
#[instrument(err)]
fn guard_above(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

#[instrument(err)]
#[loop_guard(iterations = 3)]
#[allow(deprecated, reason = "the compiler warns of the order")]
fn guard_below(n: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

/// If results are not recorded, both orders are right.
#[instrument]
#[loop_guard(iterations = 3)]
#[deny(deprecated)]
fn guard_below_a_span(n: u32) -> Result<u32, Tripped> {
    for _ in 0..n {}
    Ok(n)
}

#[test]
fn which_order_tells_of_an_error() {
    assert_eq!(events(|| guard_above(4).is_err()), (true, 1));
    // The trip unwinds past the closure into which `instrument` has put the body.
    assert_eq!(events(|| guard_below(4).is_err()), (true, 0));
    assert_eq!(events(|| guard_below_a_span(4).is_err()), (true, 0));
}

#[loop_guard(timeout = "1h")]
#[instrument(skip(v))]
async fn with_a_pattern((v, _): (Vec<u32>, String)) -> Result<u32, Tripped> {
    let mut sum = 0;
    for x in v {
        sum += std::future::ready(x).await;
    }
    Ok(sum)
}

#[test]
fn arguments_keep_their_names() {
    let future = with_a_pattern((vec![1, 2], String::new()));
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(sum) = future.as_mut().poll(&mut context) else {
        panic!("it waits for nothing");
    };
    assert_eq!(sum.unwrap(), 3);
}
