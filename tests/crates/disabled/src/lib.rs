//! With the feature `disable`, functions behave as if they had no attribute.
#![deny(warnings)]

use std::time::{Duration, Instant};

use guard_runtime::{Budget, Tripped, checkpoint, loop_guard, snapshot};

/// Runs for 20 ms, and returns how many scopes it had open.
#[loop_guard(timeout = "1ms", iterations = 10)]
pub fn run_on() -> Result<usize, Tripped> {
    let begun = Instant::now();
    #[loop_guard(every = 2)]
    while begun.elapsed() < Duration::from_millis(20) {}
    Ok(snapshot()
        .iter()
        .filter(|scope| scope.name().contains("run_on"))
        .count())
}

/// The same as a future.
#[loop_guard(timeout = "1ms")]
pub async fn run_on_async() -> Result<usize, Tripped> {
    run_on()
}

/// Scopes that are opened by hand still trip.
pub fn by_hand() -> Tripped {
    let outcome = Budget::timeout(Duration::from_millis(1)).run(|| {
        loop {
            if let Err(tripped) = checkpoint() {
                break tripped;
            }
        }
    });
    outcome.unwrap_or_else(|tripped| tripped)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn a_guarded_function_opens_no_scope_and_trips_never() {
        assert_eq!(super::run_on().unwrap(), 0);
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(open) = pin!(super::run_on_async()).poll(&mut context) else {
            panic!("it awaits nothing");
        };
        assert_eq!(open.unwrap(), 0);
    }

    #[test]
    fn a_budget_by_hand_is_one() {
        assert_eq!(super::by_hand().scope(), "budget");
    }
}
