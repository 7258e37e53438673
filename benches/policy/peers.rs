//! Circuit breakers behind one trait, each built for the same two settings.

use std::future::{Ready, ready};
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use failsafe::{CircuitBreaker as _, Config, FailurePolicy, StateMachine, backoff, failure_policy};
use guard_runtime::policy::{Breaker, Errors};
use recloser::Recloser;
use tower::util::ServiceFn;
use tower::{Layer, Service, service_fn};
use tower_resilience_circuitbreaker::{
    CircuitBreaker, CircuitBreakerLayer, DefaultClassifier, SlidingWindowType,
};

/// How long each stays open.
pub(crate) const OPEN: Duration = Duration::from_millis(20);

/// The time over which calls are counted, if a time can be set.
pub(crate) const WINDOW: Duration = Duration::from_secs(1);

/// How many calls there must be before their share of failures counts.
const MIN_CALLS: u32 = 20;

/// When it opens. It closes after one success.
#[derive(Clone, Copy)]
pub(crate) enum Opens {
    /// After five failures in a row.
    InARow,
    /// Once half of the calls fail.
    AtHalf,
}

/// A call that succeeds or fails.
pub(crate) type Job = Box<dyn FnOnce() -> Result<(), ()> + Send>;

/// A circuit breaker.
pub(crate) trait Peer: Sync {
    /// Returns whether the call was made.
    fn call(&self, job: Job) -> bool;
}

pub(crate) fn loop_guard(opens: Opens) -> Box<dyn Peer> {
    let breaker = Breaker::new().errors(|()| true).open_for(OPEN).successes(1);
    Box::new(LoopGuard(match opens {
        Opens::InARow => breaker.min_calls(u32::MAX),
        Opens::AtHalf => breaker.min_calls(MIN_CALLS).window(WINDOW),
    }))
}

struct LoopGuard(Breaker<Errors<()>>);

impl Peer for LoopGuard {
    fn call(&self, job: Job) -> bool {
        self.0.run(job).is_ok()
    }
}

pub(crate) fn failsafe(opens: Opens) -> Box<dyn Peer> {
    let wait = || backoff::constant(OPEN);
    match opens {
        Opens::InARow => {
            let policy = failure_policy::consecutive_failures(5, wait());
            Box::new(Failsafe(Config::new().failure_policy(policy).build()))
        }
        Opens::AtHalf => {
            let policy =
                failure_policy::success_rate_over_time_window(0.5, MIN_CALLS, WINDOW, wait());
            Box::new(Failsafe(Config::new().failure_policy(policy).build()))
        }
    }
}

pub(crate) struct Failsafe<P: FailurePolicy>(pub(crate) StateMachine<P, ()>);

impl<P: FailurePolicy + Send> Peer for Failsafe<P> {
    fn call(&self, job: Job) -> bool {
        !matches!(self.0.call(job), Err(failsafe::Error::Rejected))
    }
}

/// It counts calls, and has no window of time.
pub(crate) fn recloser(opens: Opens) -> Box<dyn Peer> {
    let calls = match opens {
        Opens::InARow => 5,
        Opens::AtHalf => MIN_CALLS as usize,
    };
    let custom = Recloser::custom().closed_len(calls).half_open_len(1);
    Box::new(ReCloser(custom.error_rate(0.5).open_wait(OPEN).build()))
}

struct ReCloser(Recloser);

impl Peer for ReCloser {
    fn call(&self, job: Job) -> bool {
        !matches!(self.0.call(job), Err(recloser::Error::Rejected))
    }
}

pub(crate) fn tower_resilience(opens: Opens) -> Box<dyn Peer> {
    Box::new(TowerResilience(Mutex::new(service(opens, |job: Job| {
        ready(job())
    }))))
}

/// A service in a circuit breaker of tower-resilience, of which clones share the state.
pub(crate) type Guarded<R> = CircuitBreaker<ServiceFn<Calls<R>>, DefaultClassifier>;

pub(crate) type Calls<R> = fn(R) -> Ready<Result<(), ()>>;

pub(crate) fn service<R>(opens: Opens, calls: Calls<R>) -> Guarded<R> {
    let layer = CircuitBreakerLayer::builder()
        .wait_duration_in_open(OPEN)
        .permitted_calls_in_half_open(1);
    let layer = match opens {
        Opens::InARow => layer.consecutive_failures(5),
        Opens::AtHalf => layer
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_duration(WINDOW)
            .minimum_number_of_calls(MIN_CALLS as usize)
            .failure_rate_threshold(0.5),
    };
    let layer = layer.build().expect("these settings are valid");
    layer.layer(service_fn(calls))
}

struct TowerResilience(Mutex<Guarded<Job>>);

impl Peer for TowerResilience {
    fn call(&self, job: Job) -> bool {
        // Calls are made within calls, so the lock is not held during one.
        let mut service = self.0.lock().expect("nobody panics").clone();
        made(&mut service, job)
    }
}

/// Makes a call whose service is ready at once. Its breaker takes a lock that other threads may hold.
pub(crate) fn made<R: Send + 'static>(service: &mut Guarded<R>, request: R) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    while service.poll_ready(&mut context).is_pending() {
        thread::yield_now();
    }
    let mut call = service.call(request);
    loop {
        if let Poll::Ready(outcome) = call.as_mut().poll(&mut context) {
            return !outcome.is_err_and(|error| error.is_circuit_open());
        }
        thread::yield_now();
    }
}
