//! Which node is stopped when, and how long it may take. Pure: the caller provides the time and what has ended.
//!
//! Times are counted from the moment at which the shutdown began.

use core::time::Duration;

use super::report::Outcome;

/// No node gets less than this, however late it is: none is skipped.
pub(super) const FLOOR: Duration = Duration::from_millis(1);

/// A node that trips at its deadline still has to unwind. It has overrun only if it runs for this much longer.
pub(super) const SLACK: Duration = Duration::from_millis(20);

/// How long, at most, the shutdown waits for scopes in flight that were told to stop, so that their cleanups can
/// run.
pub(super) const LEAVE: Duration = Duration::from_secs(1);

/// What is known of a node when it is registered.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    /// The budget that it asks for.
    pub(super) own: Duration,
    /// What nodes that are stopped earlier have to leave for it.
    pub(super) least: Duration,
    /// The nodes that it uses, by index. Each was registered before it, so there is no cycle.
    pub(super) uses: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    /// From this moment on it counts as over, whether it has ended or not.
    Running(Duration),
    Over(Outcome),
}

/// A node to be started now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) node: usize,
    pub(super) budget: Duration,
}

/// The order in which nodes are stopped: each once all its users are over.
#[derive(Debug)]
pub(super) struct Plan {
    rows: Vec<(Planned, Stage)>,
    /// When all of them should be over.
    end: Duration,
}

impl Plan {
    pub(super) fn new(end: Duration) -> Self {
        Self {
            rows: Vec::new(),
            end,
        }
    }

    pub(super) fn add(&mut self, row: Planned) {
        self.rows.push((row, Stage::Waiting));
    }

    /// The nodes whose users are over; they count as running from now on.
    pub(super) fn start(&mut self, now: Duration) -> Vec<Start> {
        let ready: Vec<usize> = (0..self.rows.len())
            .filter(|&node| self.rows[node].1 == Stage::Waiting && self.users_are_over(node))
            .collect();
        let start = |&node: &usize| Start {
            node,
            budget: self.budget(node, now),
        };
        let starts: Vec<Start> = ready.iter().map(start).collect();
        for start in &starts {
            let until = now.saturating_add(start.budget).saturating_add(SLACK);
            self.rows[start.node].1 = Stage::Running(until);
        }
        starts
    }

    fn users_are_over(&self, node: usize) -> bool {
        let mut users = self.rows.iter().filter(|(row, _)| row.uses.contains(&node));
        users.all(|(_, state)| matches!(state, Stage::Over(_)))
    }

    /// `min(own, what is left for it and leaves their least to those after it)`.
    fn budget(&self, node: usize, now: Duration) -> Duration {
        let left = self.end.saturating_sub(now);
        let own = self.rows[node].0.own;
        own.min(left.saturating_sub(self.behind(node, |row| row.least)))
            .max(FLOOR)
    }

    /// The longest path through the nodes that this one uses.
    fn behind(&self, node: usize, length: impl Fn(&Planned) -> Duration + Copy) -> Duration {
        let used = self.rows[node].0.uses.iter();
        let path =
            |&used: &usize| length(&self.rows[used].0).saturating_add(self.behind(used, length));
        used.map(path).max().unwrap_or_default()
    }

    /// How long the longest chain of nodes takes if each uses all of its budget.
    pub(super) fn longest(&self) -> Duration {
        let path = |node: usize| {
            let own = self.rows[node].0.own;
            own.saturating_add(self.behind(node, |row| row.own))
        };
        (0..self.rows.len()).map(path).max().unwrap_or_default()
    }

    /// How long work in flight may go on before the first node is stopped: the time that was `asked` for, otherwise
    /// what is left beside the nodes' budgets and [`LEAVE`], but at least a tenth of the time. All nodes keep their
    /// least of it, and the work a tenth in which to leave.
    pub(super) fn drain(&self, asked: Option<Duration>, now: Duration) -> Duration {
        let left = self.end.saturating_sub(now);
        let spare = left.saturating_sub(self.longest()).saturating_sub(LEAVE);
        let asked = asked.unwrap_or(spare.max(left / 10));
        asked.min(self.before_nodes(now) / 10 * 9)
    }

    /// How long to wait for work that was told to stop.
    pub(super) fn leave(&self, now: Duration) -> Duration {
        self.before_nodes(now).min(LEAVE)
    }

    /// What is left if each node gets the least that it asks for.
    fn before_nodes(&self, now: Duration) -> Duration {
        let path = |node: usize| {
            let least = self.rows[node].0.least;
            least.saturating_add(self.behind(node, |row| row.least))
        };
        let nodes = (0..self.rows.len()).map(path).max().unwrap_or_default();
        self.end.saturating_sub(now).saturating_sub(nodes)
    }

    /// A node has ended; returns `false` if it was given up before.
    pub(super) fn finish(&mut self, node: usize, outcome: Outcome) -> bool {
        let running = matches!(self.rows[node].1, Stage::Running(_));
        if running {
            self.rows[node].1 = Stage::Over(outcome);
        }
        running
    }

    /// The nodes that run beyond their budget; they count as over from now on.
    pub(super) fn give_up(&mut self, now: Duration) -> Vec<usize> {
        let mut late = Vec::new();
        for (node, (_, state)) in self.rows.iter_mut().enumerate() {
            if matches!(state, Stage::Running(until) if *until <= now) {
                *state = Stage::Over(Outcome::Overran);
                late.push(node);
            }
        }
        late
    }

    /// When the next node is given up.
    pub(super) fn next(&self) -> Option<Duration> {
        let until = |(_, state): &(Planned, Stage)| match state {
            Stage::Running(until) => Some(*until),
            _ => None,
        };
        self.rows.iter().filter_map(until).min()
    }

    pub(super) fn is_over(&self) -> bool {
        self.rows
            .iter()
            .all(|(_, state)| matches!(state, Stage::Over(_)))
    }

    /// What became of a node, so far.
    pub(super) fn outcome(&self, node: usize) -> Outcome {
        match self.rows[node].1 {
            Stage::Waiting => Outcome::NotStarted,
            Stage::Running(_) => Outcome::Running,
            Stage::Over(outcome) => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{FLOOR, LEAVE, Plan, Planned, SLACK, Start};
    use crate::shutdown::report::Outcome;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn row(own: Duration, least: Duration, uses: &[usize]) -> Planned {
        Planned {
            own,
            least,
            uses: uses.to_vec(),
        }
    }

    #[test]
    fn users_are_stopped_before_what_they_use() {
        let mut plan = Plan::new(ms(10_000));
        plan.add(row(ms(2_000), ms(200), &[])); // db
        plan.add(row(ms(3_000), ms(300), &[0])); // http
        let http = Start {
            node: 1,
            budget: ms(3_000),
        };
        assert_eq!(plan.start(ms(0)), [http]);
        assert_eq!(plan.start(ms(1)), []);
        assert!(plan.finish(1, Outcome::Done));
        let db = Start {
            node: 0,
            budget: ms(2_000),
        };
        assert_eq!(plan.start(ms(100)), [db]);
        assert!(plan.finish(0, Outcome::Done));
        assert!(plan.is_over());
    }

    #[test]
    fn independent_nodes_are_stopped_at_once() {
        let mut plan = Plan::new(ms(1_000));
        for _ in 0..4 {
            plan.add(row(ms(100), ms(10), &[]));
        }
        assert_eq!(plan.start(ms(0)).len(), 4);
    }

    #[test]
    fn four_nodes_of_a_second_are_over_after_a_second_or_its_slack() {
        let second = ms(1_000);
        let started = || {
            let mut plan = Plan::new(ms(10_000));
            for _ in 0..4 {
                plan.add(row(second, second / 10, &[]));
            }
            let budgets = plan.start(ms(0)).into_iter().map(|start| start.budget);
            assert_eq!(budgets.collect::<Vec<_>>(), [second; 4]);
            plan
        };
        let mut plan = started();
        assert_eq!(plan.give_up(second), []);
        for node in 0..4 {
            assert!(plan.finish(node, Outcome::Done));
        }
        assert!(plan.is_over());

        // None of them ends.
        let (mut plan, last) = (started(), second + SLACK);
        assert_eq!(plan.next(), Some(last));
        assert_eq!(plan.give_up(last), [0, 1, 2, 3]);
        assert!(plan.is_over() && last < ms(1_100));
    }

    #[test]
    fn who_comes_first_leaves_their_least_to_those_behind() {
        let mut plan = Plan::new(ms(1_000));
        plan.add(row(ms(500), ms(50), &[]));
        plan.add(row(ms(500), ms(50), &[0]));
        plan.add(row(ms(5_000), ms(50), &[1]));
        assert_eq!(plan.start(ms(0))[0].budget, ms(900));
        assert_eq!(plan.give_up(ms(919)), []);
        assert_eq!(plan.next(), Some(ms(920)));
        assert_eq!(plan.give_up(ms(920)), [2]);
        assert_eq!(plan.start(ms(920))[0].budget, ms(30));
        assert!(!plan.finish(2, Outcome::Done), "it was given up");
        assert_eq!(plan.outcome(2), Outcome::Overran);
    }

    #[test]
    fn a_grace_of_zero_skips_no_node() {
        let mut plan = Plan::new(ms(0));
        plan.add(row(ms(500), ms(50), &[]));
        plan.add(row(ms(500), ms(50), &[0]));
        assert_eq!(plan.start(ms(0))[0].budget, FLOOR);
        assert_eq!(plan.give_up(FLOOR + SLACK), [1]);
        assert_eq!(plan.start(FLOOR + SLACK)[0].node, 0);
    }

    #[test]
    fn work_in_flight_has_what_the_nodes_leave() {
        let mut plan = Plan::new(ms(10_000));
        assert_eq!(plan.drain(None, ms(0)), ms(9_000));
        plan.add(row(ms(2_000), ms(200), &[]));
        plan.add(row(ms(3_000), ms(300), &[0]));
        assert_eq!(plan.drain(None, ms(1_000)), ms(3_000));
        assert_eq!(plan.drain(Some(ms(50)), ms(0)), ms(50));
        assert_eq!(plan.leave(ms(4_000)), LEAVE);
        // More was asked for than there is: the nodes keep their least, and the work a tenth to leave.
        assert_eq!(plan.drain(Some(ms(60_000)), ms(0)), ms(8_550));
        assert_eq!(plan.leave(ms(8_550)), ms(950));
        // Nodes that need all of it leave a tenth.
        plan.add(row(ms(9_000), ms(900), &[1]));
        assert_eq!(plan.drain(None, ms(0)), ms(1_000));
        assert_eq!(Plan::new(ms(0)).drain(Some(ms(10)), ms(5)), ms(0));
    }

    #[test]
    fn the_longest_chain_is_known_in_advance() {
        let mut plan = Plan::new(ms(0));
        plan.add(row(ms(5), ms(1), &[]));
        plan.add(row(ms(7), ms(1), &[0]));
        plan.add(row(ms(1), ms(1), &[0]));
        plan.add(row(ms(2), ms(1), &[2, 1]));
        assert_eq!(plan.longest(), ms(14));
    }

    /// xorshift64*, which gives the same graphs in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
        }
    }

    /// One random graph: nodes end early, late or never. Checks the order, and returns when all were over.
    fn simulate(random: &mut Random) {
        let count = usize::try_from(random.below(9)).unwrap();
        let mut plan = Plan::new(ms(random.below(2_000)));
        let mut rows = Vec::new();
        for node in 0..count {
            let uses: Vec<usize> = (0..node).filter(|_| random.below(3) == 0).collect();
            let own = ms(1 + random.below(500));
            rows.push(row(own, own / 10, &uses));
            plan.add(rows[node].clone());
        }
        let longest = plan.longest();
        let mut ends: Vec<Option<Duration>> = vec![None; count];
        let mut started = vec![false; count];
        let mut now = ms(0);
        while !plan.is_over() {
            for Start { node, budget } in plan.start(now) {
                assert!(!started[node], "started twice");
                started[node] = true;
                assert!((FLOOR..=rows[node].own.max(FLOOR)).contains(&budget));
                for user in (0..count).filter(|&user| rows[user].uses.contains(&node)) {
                    let over = [Outcome::Done, Outcome::Overran];
                    assert!(over.contains(&plan.outcome(user)), "a user still runs");
                }
                // A third never ends.
                let takes = ms(random.below(600));
                ends[node] = (random.below(3) != 0).then(|| now + takes);
            }
            let running = |&node: &usize| plan.outcome(node) == Outcome::Running;
            let first = (0..count)
                .filter(running)
                .filter_map(|node| ends[node])
                .min();
            now = [first, plan.next()].into_iter().flatten().min().unwrap();
            for (node, end) in ends.iter().enumerate() {
                if end.is_some_and(|end| end <= now) {
                    plan.finish(node, Outcome::Done);
                }
            }
            plan.give_up(now);
        }
        assert!(started.iter().all(|started| *started), "a node was skipped");
        let slack = (SLACK + FLOOR) * u32::try_from(count).unwrap();
        assert!(now <= longest + slack);
    }

    #[test]
    fn ten_thousand_random_graphs() {
        let mut random = Random(1);
        for _ in 0..10_000 {
            simulate(&mut random);
        }
    }
}
