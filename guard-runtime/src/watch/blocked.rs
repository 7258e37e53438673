//! Polls that block their thread and every task on it: one poll that two scans see.
//!
//! Enabled by the environment variable `LOOP_GUARD_BLOCKED`, a duration. A poll reads no clock: its thread counts
//! it ([`Witness::begin_poll`](crate::stack::witness::Witness::begin_poll)), and the time is measured between
//! scans.

use std::sync::OnceLock;

use crate::base::duration;
use crate::time::clock;
use crate::trip::hook;

/// A thread that polls a guarded future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Poll {
    pub(crate) stack: usize,
    /// The number of the poll.
    pub(crate) number: u64,
    /// The site of the outermost guarded future.
    pub(crate) site: u32,
}

/// The polls that the last scan saw.
pub(crate) struct Polls(Vec<SeenPoll>);

struct SeenPoll {
    poll: Poll,
    since: u64,
    told: bool,
}

impl Polls {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The polls that have lasted for `limit` since a scan first saw them, with how long. Each is returned once.
    pub(crate) fn scan(&mut self, polls: &[Poll], limit: u64, now: u64) -> Vec<(Poll, u64)> {
        let before = core::mem::take(&mut self.0);
        let mut blocked = Vec::new();
        for poll in polls {
            let known = before.iter().find(|seen| seen.poll == *poll);
            let (since, mut told) = known.map_or((now, false), |seen| (seen.since, seen.told));
            let gone_on = now.saturating_sub(since);
            if gone_on >= limit && !told {
                blocked.push((*poll, gone_on));
                told = true;
            }
            let poll = *poll;
            self.0.push(SeenPoll { poll, since, told });
        }
        blocked
    }
}

/// After how many nanoseconds a poll counts as blocked; `None` if nobody wants to know.
pub(crate) fn limit() -> Option<u64> {
    const VARIABLE: &str = "LOOP_GUARD_BLOCKED";
    static LIMIT: OnceLock<Option<u64>> = OnceLock::new();
    *LIMIT.get_or_init(|| {
        let text = std::env::var_os(VARIABLE).filter(|text| !text.is_empty())?;
        let limit = duration::parse(&text.to_string_lossy());
        if limit.is_none() {
            hook::line(&format_args!(
                "loop guard: {VARIABLE}: ignored {text:?}: a duration is like `500ms` or `1m 30s`"
            ));
        }
        limit.map(clock::nanos)
    })
}

#[cfg(test)]
mod tests {
    use super::{Poll, Polls};

    const LIMIT: u64 = 500;

    fn poll(stack: usize, number: u64) -> Poll {
        let site = 7;
        Poll {
            stack,
            number,
            site,
        }
    }

    #[test]
    fn one_poll_that_scans_see_for_long_enough_is_told_once() {
        let mut polls = Polls::new();
        let one = [poll(1, 5)];
        let told: Vec<_> = (0..6)
            .map(|step| polls.scan(&one, LIMIT, 1000 + step * 250))
            .collect();
        assert_eq!(
            told,
            [vec![], vec![], vec![(one[0], 500)], vec![], vec![], vec![]]
        );
    }

    #[test]
    fn many_short_polls_and_other_threads_are_none() {
        let mut polls = Polls::new();
        for step in 0..10 {
            let now = 1000 + step * 250;
            assert_eq!(
                polls.scan(&[poll(1, step), poll(2, 9 - step)], LIMIT, now),
                []
            );
        }
        assert_eq!(polls.scan(&[], LIMIT, 9000), []);
        assert_eq!(
            polls.scan(&[poll(1, 9)], LIMIT, 9250),
            [],
            "seen for the first time again"
        );
    }
}
