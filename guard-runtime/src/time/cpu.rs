//! The CPU time of the current thread (feature `cpu`), and when to look at it.

#[cfg(feature = "cpu")]
use rustix::time::{ClockId, clock_gettime};

#[cfg(all(feature = "cpu", not(unix)))]
compile_error!(
    "the feature `cpu` of guard-runtime needs the CPU clock of a thread, as Unix has it: leave it out for this target"
);

/// In nanoseconds. It costs a system call.
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

/// The wall-clock time until the next look at a budget of which so much is left: a thread's CPU time cannot outrun
/// the wall, so nothing is missed until then. The least step is nearly what a budget may be late by, and bounds the number
/// of looks.
pub(crate) fn until_next_look(limit: u64, left: u64) -> u64 {
    left.max(lateness(limit) / 16 * 15)
}

/// By how much a trip may be late: 2 ms or 2 %, whichever is more.
const fn lateness(limit: u64) -> u64 {
    let (share, least) = (limit / 50, 2_000_000);
    if share > least { share } else { least }
}

#[cfg(test)]
mod tests {
    use super::{lateness, until_next_look};

    /// Looks at a thread that gets so many of a thousand parts of the wall time; how many there were, and the CPU
    /// time at the last one.
    fn spin(limit: u64, share: u64) -> (u32, u64) {
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
                let (looks, used) = spin(limit, share);
                assert!(used - limit <= lateness(limit), "{limit} {share}: {used}");
                assert!(share < 500 || looks <= 8, "{limit} {share}: {looks}");
            }
        }
    }
}
