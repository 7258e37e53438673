//! Decides who is overdue, by what is open, what was seen before, and the time.

/// Nanoseconds from one scan to the next, unless a scope becomes overdue before.
pub(crate) const PERIOD: u64 = 250_000_000;

/// The shortest time between two scans, if a scope becomes overdue before.
const NEAR: u64 = 50_000_000;

/// The longest time between two scans that counts. If more passed, the process was stopped, or the ticker starved.
const COUNTED: u64 = 2 * PERIOD + TOGETHER;

/// How long after the moment at which a scope becomes overdue the scan comes, so that scopes that become overdue a
/// little later are reported as well, and not a [`PERIOD`] later.
const TOGETHER: u64 = 10_000_000;

/// The shortest time without a check after which a scope is overdue; a tenth of its limit, if that is more.
const GRACE: u64 = 1_000_000_000;

/// The multiples of its grace after which a scope without a check is reported.
const REPORTS: [u64; 4] = [1, 2, 4, 8];

/// Identifies a scope: two are the same if all fields are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id {
    pub(crate) holder: Holder,
    /// The index of the frame.
    pub(crate) index: u32,
    pub(crate) site: u32,
    /// The deadline, which distinguishes activations.
    pub(crate) due: u64,
}

/// Where a scope is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// On the stack with this number.
    Stack(usize),
    /// In the future with this number, which waits.
    Task(u64),
}

/// A scope that is open and past its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Late {
    pub(crate) id: Id,
    pub(crate) limit: u64,
    /// When its thread last made a cold check.
    pub(crate) looked: u64,
}

/// What to do about a late scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It may be overdue by the next scan, so a first sample of its thread should be taken.
    Suspect(Id),
    /// It is overdue, for the first time or again.
    Overdue {
        id: Id,
        /// Nanoseconds since its deadline.
        late: u64,
    },
    /// It was reported, and is no longer open.
    Gone(Id),
}

struct SeenScope {
    id: Id,
    /// When its thread last made a cold check.
    looked: u64,
    /// How long it has been past its deadline and without a check, as far as that time counts.
    silent: u64,
    /// How often it was reported.
    reports: usize,
}

impl SeenScope {
    /// The length of silence that is reported next.
    fn threshold(&self, limit: u64) -> Option<u64> {
        let grace = GRACE.max(limit / 10);
        REPORTS
            .get(self.reports)
            .map(|times| grace.saturating_mul(*times))
    }
}

/// What earlier scans saw.
pub(crate) struct Watch {
    seen: Vec<SeenScope>,
    /// The last scan, and the earliest time for the next one.
    last: u64,
    next: u64,
}

impl Watch {
    pub(crate) const fn new() -> Self {
        Self {
            seen: Vec::new(),
            last: 0,
            next: 0,
        }
    }

    /// Whether the time has come for a scan.
    pub(crate) fn is_time(&self, now: u64) -> bool {
        now >= self.next
    }

    /// Judges the scopes that are late now, in any order. Also returns when to scan again: as soon as one of them
    /// may be overdue, but not before [`NEAR`]; [`u64::MAX`] if none is late.
    pub(crate) fn scan(&mut self, late: &[Late], now: u64) -> (Vec<Finding>, u64) {
        let mut findings = Vec::new();
        let mut next = u64::MAX;
        let before = core::mem::take(&mut self.seen);
        for scope in late {
            let known = before.iter().find(|seen| seen.id == scope.id);
            // A check ends the silence, and starts the count of reports again.
            let (silent, reports) = known
                .filter(|seen| seen.looked == scope.looked)
                .map_or((0, 0), |seen| (seen.silent, seen.reports));
            let since = scope.id.due.max(scope.looked).max(self.last);
            let mut seen = SeenScope {
                id: scope.id,
                looked: scope.looked,
                silent: silent + now.saturating_sub(since).min(COUNTED),
                reports,
            };
            let (id, silent) = (seen.id, seen.silent);
            while seen
                .threshold(scope.limit)
                .is_some_and(|threshold| silent >= threshold)
            {
                seen.reports += 1;
            }
            if seen.reports > reports {
                let late = now.saturating_sub(id.due);
                findings.push(Finding::Overdue { id, late });
            }
            if let Some(threshold) = seen.threshold(scope.limit) {
                let left = threshold - silent;
                // However long the time to the next scan is, no more of it than this counts.
                if left <= COUNTED {
                    findings.push(Finding::Suspect(id));
                }
                let wait = if left <= 2 * PERIOD {
                    left + TOGETHER
                } else {
                    PERIOD
                };
                next = next.min(now.saturating_add(wait.max(NEAR)));
            }
            self.seen.push(seen);
        }
        let gone =
            |seen: &&SeenScope| seen.reports > 0 && !late.iter().any(|scope| scope.id == seen.id);
        findings.extend(
            before
                .iter()
                .filter(gone)
                .map(|seen| Finding::Gone(seen.id)),
        );
        self.last = now;
        self.next = if next == u64::MAX {
            now.saturating_add(PERIOD)
        } else {
            next
        };
        (findings, next)
    }

    /// The scopes that were reported and, as far as is known, are still open.
    pub(crate) fn reported(&self) -> impl Iterator<Item = Id> {
        let reported = self.seen.iter().filter(|seen| seen.reports > 0);
        reported.map(|seen| seen.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Holder, Id, Late, NEAR, PERIOD, TOGETHER, Watch};

    const SECOND: u64 = 1_000_000_000;

    fn late(index: u32, due: u64, limit: u64, looked: u64) -> Late {
        let (holder, site) = (Holder::Stack(1), 7);
        let id = Id {
            holder,
            index,
            site,
            due,
        };
        Late { id, limit, looked }
    }

    /// Scans whenever it is time to. Returns how late the scope was at each report.
    fn reports(watch: &mut Watch, scope: Late, from: u64, until: u64) -> Vec<u64> {
        let (mut now, mut reports) = (from, Vec::new());
        while now <= until {
            let open = if now > scope.id.due {
                vec![scope]
            } else {
                vec![]
            };
            let (findings, next) = watch.scan(&open, now);
            for finding in findings {
                if let Finding::Overdue { late, .. } = finding {
                    reports.push(late);
                }
            }
            now = if next == u64::MAX { now + PERIOD } else { next };
            assert!(watch.is_time(now) && !watch.is_time(now - 1));
        }
        reports
    }

    #[test]
    fn a_silent_scope_is_reported_after_one_two_four_and_eight_times_its_grace() {
        for phase in [0, 1, 10_000_000, 130_000_000, 249_999_999] {
            let due = 5 * SECOND + phase;
            let scope = late(0, due, SECOND / 20, 0);
            let told = reports(&mut Watch::new(), scope, SECOND, 60 * SECOND);
            let expected = [1, 2, 4, 8].map(|times| times * SECOND);
            assert_eq!(told.len(), 4, "{told:?}");
            for (told, expected) in told.iter().zip(expected) {
                assert!(
                    (expected..expected + PERIOD).contains(told),
                    "{told} {expected}"
                );
            }
            // The first report is the one that people wait for.
            assert_eq!(told[0], SECOND + TOGETHER);
        }
    }

    /// Many scopes whose deadlines pass at any time: none waits for the next scan because of another.
    #[test]
    fn a_scope_is_reported_soon_after_its_grace_whatever_else_is_late() {
        for step in 1..60 {
            let scopes: Vec<_> = (0..60_u32)
                .map(|index| late(index, SECOND + u64::from(index) * step * 777_777, 1, 0))
                .collect();
            let mut watch = Watch::new();
            let (mut now, mut told, mut scans) = (SECOND, 0, 0);
            while told < scopes.len() {
                let open: Vec<_> = scopes
                    .iter()
                    .copied()
                    .filter(|scope| scope.id.due < now)
                    .collect();
                let (findings, next) = watch.scan(&open, now);
                scans += 1;
                for finding in findings {
                    if let Finding::Overdue { id, late } = finding {
                        // Each is reported once: the test ends before the second time.
                        told += usize::from(now < id.due + 2 * SECOND);
                        assert!(late >= SECOND);
                        let late = late % SECOND;
                        assert!(
                            late <= TOGETHER + NEAR,
                            "{late} of {index}",
                            index = id.index
                        );
                    }
                }
                now = if next == u64::MAX { now + PERIOD } else { next };
            }
            let span = now - SECOND;
            assert!(scans <= span / NEAR + 1, "{scans} in {span}");
        }
    }

    #[test]
    fn a_long_budget_has_a_tenth_of_it_as_grace() {
        let scope = late(0, 100 * SECOND, 30 * SECOND, 0);
        let told = reports(&mut Watch::new(), scope, 90 * SECOND, 110 * SECOND);
        assert_eq!(told, [3 * SECOND + TOGETHER, 6 * SECOND + TOGETHER]);
    }

    #[test]
    fn who_looks_from_time_to_time_is_not_overdue() {
        let mut watch = Watch::new();
        for step in 1..200 {
            let now = SECOND + step * PERIOD;
            let looked = now - now % (SECOND / 2);
            let (findings, _) = watch.scan(&[late(0, SECOND, 1, looked)], now);
            assert!(
                !findings
                    .iter()
                    .any(|f| matches!(f, Finding::Overdue { .. })),
                "{step}"
            );
        }
    }

    #[test]
    fn a_look_after_a_report_begins_a_new_silence() {
        const LOOK: u64 = 4 * SECOND + SECOND / 10;
        let mut watch = Watch::new();
        let silent = late(0, 2 * SECOND, 1, 0);
        assert_eq!(reports(&mut watch, silent, SECOND, LOOK).len(), 2);
        let looked = late(0, 2 * SECOND, 1, LOOK);
        let again = reports(&mut watch, looked, LOOK + PERIOD, LOOK + 3 * SECOND);
        let since_look: Vec<_> = again.iter().map(|late| late + 2 * SECOND - LOOK).collect();
        assert_eq!(since_look, [SECOND + TOGETHER, 2 * SECOND + TOGETHER]);
    }

    #[test]
    fn time_in_which_nobody_scanned_does_not_count() {
        let mut watch = Watch::new();
        let scope = late(0, 2 * SECOND, 1, 0);
        watch.scan(&[], 2 * SECOND - 1);
        // The process was stopped for a minute.
        let (findings, _) = watch.scan(&[scope], 62 * SECOND);
        assert_eq!(findings, [Finding::Suspect(scope.id)]);
        let (findings, _) = watch.scan(&[scope], 62 * SECOND + 2 * PERIOD);
        assert_eq!(
            findings[0],
            Finding::Overdue {
                id: scope.id,
                late: 60 * SECOND + 2 * PERIOD
            }
        );
    }

    #[test]
    fn before_a_report_there_was_a_suspicion() {
        for phase in 0..50 {
            let mut watch = Watch::new();
            let (mut now, mut suspected) = (SECOND + phase * PERIOD / 50, false);
            let scope = late(0, SECOND, 1, 0);
            loop {
                let (findings, next) = watch.scan(&[scope], now);
                if findings
                    .iter()
                    .any(|f| matches!(f, Finding::Overdue { .. }))
                {
                    break;
                }
                suspected |= findings.contains(&Finding::Suspect(scope.id));
                assert!(next >= now + NEAR && next <= now + 2 * PERIOD + TOGETHER);
                now = next;
            }
            assert!(suspected, "{phase}");
        }
    }

    #[test]
    fn a_scope_that_ends_is_gone_once_and_only_if_it_was_reported() {
        let mut watch = Watch::new();
        let (quiet, loud) = (
            late(0, 2 * SECOND, 100 * SECOND, 0),
            late(1, 2 * SECOND, 1, 0),
        );
        for step in 0..8 {
            watch.scan(&[quiet, loud], 2 * SECOND + step * PERIOD);
        }
        assert_eq!(watch.reported().collect::<Vec<_>>(), [loud.id]);
        let (findings, next) = watch.scan(&[], 5 * SECOND);
        assert_eq!((findings, next), (vec![Finding::Gone(loud.id)], u64::MAX));
        assert_eq!(watch.reported().next(), None);
        assert_eq!(watch.scan(&[], 6 * SECOND).0, []);
    }
}
