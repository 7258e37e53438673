//! Circuit breakers on the same schedule: each opens after five failures in a row, for 20 ms, and closes after one
//! success.

use std::thread;
use std::time::Duration;

use failsafe::{CircuitBreaker, Config, StateMachine, backoff, failure_policy};
use guard_runtime::policy::{Breaker, Errors};
use recloser::Recloser;

const OPEN: Duration = Duration::from_millis(20);

/// A call that succeeds or fails.
type Call<'c> = &'c mut dyn FnMut() -> Result<(), ()>;

/// A circuit breaker.
pub(crate) trait Peer: Sync {
    /// Whether the call was made.
    fn call(&self, call: Call<'_>) -> bool;
}

/// Ours.
pub(crate) struct LoopGuard(Breaker<Errors<()>>);

impl LoopGuard {
    pub(crate) fn new() -> Self {
        Self(
            Breaker::new()
                .errors(|()| true)
                .min_calls(u32::MAX)
                .open_for(OPEN)
                .successes(1),
        )
    }
}

impl Peer for LoopGuard {
    fn call(&self, call: Call<'_>) -> bool {
        self.0.run(call).is_ok()
    }
}

type Policy = failure_policy::ConsecutiveFailures<backoff::Constant>;

pub(crate) struct Failsafe(StateMachine<Policy, ()>);

impl Failsafe {
    pub(crate) fn new() -> Self {
        let policy = failure_policy::consecutive_failures(5, backoff::constant(OPEN));
        Self(Config::new().failure_policy(policy).build())
    }
}

impl Peer for Failsafe {
    fn call(&self, call: Call<'_>) -> bool {
        !matches!(self.0.call(call), Err(failsafe::Error::Rejected))
    }
}

pub(crate) struct ReCloser(Recloser);

impl ReCloser {
    pub(crate) fn new() -> Self {
        let custom = Recloser::custom().closed_len(5).half_open_len(1);
        Self(custom.error_rate(0.5).open_wait(OPEN).build())
    }
}

impl Peer for ReCloser {
    fn call(&self, call: Call<'_>) -> bool {
        !matches!(self.0.call(call), Err(recloser::Error::Rejected))
    }
}

/// Fails until calls are refused.
fn open(peer: &dyn Peer) {
    while peer.call(&mut || Err(())) {}
}

/// Waits until it lets calls through, and makes some that succeed.
fn close(peer: &dyn Peer) {
    thread::sleep(2 * OPEN);
    for _ in 0..20 {
        peer.call(&mut || Ok(()));
    }
}

/// How many of a thousand callers are let through while the first one is under way.
pub(crate) fn let_through(peer: &dyn Peer) -> u32 {
    open(peer);
    thread::sleep(2 * OPEN);
    let mut made = 0;
    peer.call(&mut || {
        made += 1;
        nested(peer, 999, &mut made);
        Ok(())
    });
    close(peer);
    made
}

/// Each caller asks while all before it are under way.
fn nested(peer: &dyn Peer, callers: u32, made: &mut u32) {
    if callers > 0 {
        let is_made = peer.call(&mut || {
            *made += 1;
            nested(peer, callers - 1, made);
            Ok(())
        });
        if !is_made {
            nested(peer, callers - 1, made);
        }
    }
}

/// Whether a breaker that has opened and closed again is opened by calls that began before that, and fail now.
pub(crate) fn moved_by_late_failures(peer: &dyn Peer) -> u32 {
    late(peer, 100);
    let moved = u32::from(!peer.call(&mut || Ok(())));
    close(peer);
    moved
}

fn late(peer: &dyn Peer, calls: u32) {
    if calls == 0 {
        open(peer);
        close(peer);
        return;
    }
    peer.call(&mut || {
        late(peer, calls - 1);
        Err(())
    });
}
