//! How models run, and at what time.

use crate::time::epoch::HEARTBEAT;

/// A time without flags, so that it is the word of a tick that begins then.
pub(super) const NOW: u64 = 1000 * HEARTBEAT;

/// The next word, without its flags. In each model the ticker sleeps once after publishing it, and a request by a
/// thread that holds this word has to end that sleep.
pub(super) const LATER: u64 = NOW + 4;

/// Runs the model under all schedules with at most this many preemptions (`None`: any number). A switch at which the
/// thread yields or blocks is no preemption.
pub(super) fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(model);
}
