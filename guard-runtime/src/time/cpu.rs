//! The CPU time of the current thread (feature `cpu`), and when to read it.

#[cfg(feature = "cpu")]
use rustix::time::{ClockId, clock_gettime};

#[cfg(feature = "cpu")]
use crate::time::clock;

#[cfg(all(feature = "cpu", not(unix)))]
compile_error!(
    "the feature `cpu` of guard-runtime needs the CPU clock of a thread, as Unix has it: leave it out for this target"
);

/// The CPU time of this thread in nanoseconds. Reading it costs a system call.
#[cfg(feature = "cpu")]
pub(crate) fn now() -> u64 {
    #[cfg(feature = "testing")]
    if crate::time::source::paused_at().is_some() {
        return crate::time::source::spent_cpu();
    }
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let unsigned = |part: i64| u64::try_from(part).unwrap_or(0);
    unsigned(time.tv_sec).saturating_mul(1_000_000_000) + unsigned(time.tv_nsec)
}

/// A reading of both clocks.
#[cfg(feature = "cpu")]
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    cpu: u64,
    wall: u64,
}

#[cfg(feature = "cpu")]
impl Reading {
    pub(crate) const NONE: Self = Self { cpu: 0, wall: 0 };

    pub(crate) fn now() -> Self {
        let wall = clock::real();
        Self { cpu: now(), wall }
    }

    /// The CPU time that the thread has spent since then.
    pub(crate) fn spent(self) -> u64 {
        now().saturating_sub(self.cpu)
    }

    /// An upper bound of that, which is cheaper to read; `None` while a test sets the CPU time.
    pub(crate) fn most(self) -> Option<u64> {
        #[cfg(feature = "testing")]
        if crate::time::source::paused_at().is_some() {
            return None;
        }
        Some(clock::real().saturating_sub(self.wall))
    }
}

/// The wall-clock time until a CPU budget with `left` nanoseconds has to be read again. CPU time of a thread cannot
/// grow faster than wall time, so nothing is missed until then. The smallest step is close to the lateness that is
/// allowed, which bounds the number of reads.
pub(crate) fn until_next_look(limit: u64, left: u64) -> u64 {
    left.max(lateness(limit) / 16 * 15)
}

/// How late a trip may be: 2 ms or 2 %, whichever is more.
const fn lateness(limit: u64) -> u64 {
    let (share, least) = (limit / 50, 2_000_000);
    if share > least { share } else { least }
}

#[cfg(test)]
mod tests {
    use super::{lateness, until_next_look};

    /// Simulates a thread that gets `share` thousandths of the wall time. Returns how often its CPU time was read,
    /// and that time at the last read.
    fn simulate(limit: u64, share: u64) -> (u32, u64) {
        let (mut looks, mut used) = (0, 0);
        while used <= limit {
            looks += 1;
            used += until_next_look(limit, limit - used) * share / 1000 + 1;
        }
        (looks, used)
    }

    #[test]
    fn few_looks_and_hardly_late_whatever_share_of_a_processor_a_thread_gets() {
        for limit in [1_000_000, 50_000_000, 1_000_000_000, 60_000_000_000] {
            for share in [1000, 999, 900, 500, 300] {
                let (looks, used) = simulate(limit, share);
                assert!(used - limit <= lateness(limit), "{limit} {share}: {used}");
                assert!(share < 500 || looks <= 8, "{limit} {share}: {looks}");
            }
        }
    }
}
