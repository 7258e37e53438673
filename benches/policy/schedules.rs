//! What breakers and retries do on one schedule, each as a number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use guard_runtime::policy::Retry;
use tower::{Layer, Service, service_fn};
use tower_resilience_retry::RetryLayer;

use crate::peers::{OPEN, Peer, WINDOW};

type Breaker = &'static dyn Peer;

fn call(peer: Breaker, job: impl FnOnce() -> Result<(), ()> + Send + 'static) -> bool {
    peer.call(Box::new(job))
}

/// Lets calls fail until they are refused.
fn open(peer: Breaker) {
    while call(peer, || Err(())) {}
}

/// Waits until calls are let through, and makes some that succeed.
fn close(peer: Breaker) {
    thread::sleep(2 * OPEN);
    for _ in 0..20 {
        call(peer, || Ok(()));
    }
}

/// How many of a thousand callers are let through while the first call is in progress.
pub(crate) fn let_through(peer: Breaker) -> u32 {
    open(peer);
    thread::sleep(2 * OPEN);
    let made = Arc::new(AtomicU32::new(0));
    nested(peer, 1000, &made);
    made.load(Ordering::Relaxed)
}

/// Each caller asks while all callers before it are in progress.
fn nested(peer: Breaker, callers: u32, made: &Arc<AtomicU32>) {
    if callers == 0 {
        return;
    }
    let made_in_call = made.clone();
    let is_made = call(peer, move || {
        made_in_call.fetch_add(1, Ordering::Relaxed);
        nested(peer, callers - 1, &made_in_call);
        Ok(())
    });
    if !is_made {
        nested(peer, callers - 1, made);
    }
}

/// For how many milliseconds a probe that hangs keeps all others out; none if for ten times as long as it was open.
pub(crate) fn kept_out_by_a_hanging_probe(peer: Breaker) -> Option<u32> {
    open(peer);
    thread::sleep(2 * OPEN);
    let kept = Arc::new(AtomicU32::new(u32::MAX));
    let told = kept.clone();
    call(peer, move || {
        let begun = Instant::now();
        while begun.elapsed() < 10 * OPEN {
            if call(peer, || Ok(())) {
                let millis = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
                told.store(millis, Ordering::Relaxed);
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    });
    Some(kept.load(Ordering::Relaxed)).filter(|millis| *millis != u32::MAX)
}

/// How often a breaker that has opened and closed again is opened by calls that began before that, and fail now.
pub(crate) fn moved_by_late_failures(peer: Breaker) -> u32 {
    late(peer, 100);
    u32::from(!call(peer, || Ok(())))
}

fn late(peer: Breaker, calls: u32) {
    if calls == 0 {
        open(peer);
        close(peer);
        return;
    }
    call(peer, move || {
        late(peer, calls - 1);
        Err(())
    });
}

/// After a million successes every other call fails, one in a millisecond: how many windows pass until it opens, in
/// percent; none if it has not opened after four.
pub(crate) fn opens_after_successes(peer: Breaker) -> Option<u32> {
    for _ in 0..1_000_000 {
        call(peer, || Ok(()));
    }
    let begun = Instant::now();
    while begun.elapsed() < 4 * WINDOW {
        if !call(peer, || Err(())) || !call(peer, || Ok(())) {
            let share = begun.elapsed().as_secs_f64() / WINDOW.as_secs_f64();
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "four at most"
            )]
            return Some((share * 100.0) as u32);
        }
        thread::sleep(Duration::from_millis(2));
    }
    None
}

/// How many retries are made by a thousand failing calls, each with up to three attempts.
pub(crate) fn retries() -> u32 {
    let mut attempts = 0;
    let retry = Retry::attempts(3).delay(Duration::ZERO, Duration::ZERO);
    for _ in 0..1000 {
        let outcome: Result<(), ()> = retry.run(|| {
            attempts += 1;
            Err(())
        });
        assert!(outcome.is_err());
    }
    attempts - 1000
}

/// The same for tower-resilience, whose default budget has no limit.
pub(crate) fn retries_of_tower_resilience() -> u32 {
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = attempts.clone();
    let down = service_fn(move |()| {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Err::<(), ()>(()))
    });
    let layer = RetryLayer::builder()
        .max_attempts(3)
        .fixed_backoff(Duration::ZERO)
        .build();
    let mut service = layer.layer(down);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime of this thread").block_on(async {
        for _ in 0..1000 {
            assert!(service.call(()).await.is_err());
        }
    });
    attempts.load(Ordering::Relaxed) - 1000
}
