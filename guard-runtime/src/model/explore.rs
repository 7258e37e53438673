//! How models run, and the time at which they do.

use crate::time::epoch::HEARTBEAT;

/// A time without flags, so that it is the word of a tick that begins then.
pub(super) const NOW: u64 = 1000 * HEARTBEAT;

/// The next word, its flags apart. In each model the ticker sleeps once after it; a request made with
/// this word in hand has to end that sleep.
pub(super) const LATER: u64 = NOW + 4;

/// All schedules with at most so many preemptions (`None`: all there are); those that a thread offers
/// are not counted.
pub(super) fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(model);
}
