//! The deadline that counts on a stack: the earliest of its open scopes, down to the innermost wall.

use crate::base::layout::{SPENT, TOLD, UNKNOWN, passed, untold};
use crate::base::sync::Ordering;
use crate::stack::frame::{Earliest, Frame};
use crate::stack::frames::Stack;
use crate::time::epoch::Epoch;

impl Stack {
    /// The earliest deadline of all open scopes, down to the innermost wall.
    #[inline(always)]
    pub(crate) fn earliest(&self, epoch: &Epoch) -> Earliest {
        self.earliest_below(self.depth(), epoch)
    }

    /// Like [`earliest`](Self::earliest), for the current depth, which was just read.
    #[inline(always)]
    pub(crate) fn earliest_below(&self, depth: u32, epoch: &Epoch) -> Earliest {
        self.known_below(depth).unwrap_or_else(|| self.walk(epoch))
    }

    /// Like [`earliest_below`](Self::earliest_below), if an earlier check has computed it.
    #[inline(always)]
    pub(crate) fn known_below(&self, depth: u32) -> Option<Earliest> {
        let mut earliest = Earliest::NONE;
        let known = depth == 0 || self.frame(depth - 1).knows(&mut earliest);
        known.then_some(earliest)
    }

    /// Walks down to the first frame that knows the earliest deadline, or to a wall, and fills in the frames above
    /// it. So each scope is computed once, however many are open.
    #[inline(never)]
    fn walk(&self, epoch: &Epoch) -> Earliest {
        self.date_open();
        let mut earliest = Earliest::NONE;
        let depth = self.depth();
        let mut known = depth;
        while known > 0 {
            let below = self.frame(known - 1);
            if below.recall(&mut earliest) {
                break;
            }
            known -= 1;
            if below.is_wall() {
                break;
            }
        }
        for index in known..depth {
            self.frame(index).work_out(epoch, index, &mut earliest);
        }
        earliest
    }

    /// The deadline of the wall at `index`, if a check has computed it. Recomputing it could give a later one.
    pub(crate) fn settled_deadline(&self, index: u32) -> Option<u64> {
        let due = self.frame(index).due.load(Ordering::Relaxed);
        (self.frame(index).is_dated() && due != UNKNOWN).then(|| untold(due))
    }

    /// The shortest time limit of the scopes that count: no more time than this can remain.
    pub(crate) fn least_limit(&self) -> u64 {
        self.date_open();
        let mut least = u64::MAX;
        for index in (0..self.depth()).rev() {
            least = least.min(self.frame(index).limit.load(Ordering::Relaxed));
            if self.frame(index).is_wall() {
                break;
            }
        }
        least
    }

    /// Whether a wall stands above the scope at `index`.
    pub(crate) fn is_walled(&self, index: u32) -> bool {
        (index + 1..self.depth()).any(|above| self.frame(above).is_wall())
    }

    /// The depth right above the innermost wall: scopes from there on count.
    pub(crate) fn above_innermost_wall(&self) -> u32 {
        self.above_innermost(Frame::is_wall)
    }

    /// The depth right above the innermost wall that is not a shield: scopes from there on count when a token is
    /// forced.
    pub(crate) fn above_innermost_but_shields(&self) -> u32 {
        self.above_innermost(|frame| frame.is_wall() && !frame.is_shield())
    }

    fn above_innermost(&self, is_meant: impl Fn(&Frame) -> bool) -> u32 {
        let mut indices = (0..self.depth()).rev();
        let found = indices.find(|&index| is_meant(self.frame(index)));
        found.map_or(0, |index| index + 1)
    }

    /// The innermost scope that is marked as tripped, unless a wall stands above it.
    pub(crate) fn last_told(&self) -> Option<u32> {
        for index in (0..self.depth()).rev() {
            let frame = self.frame(index);
            if frame.is_told() {
                return Some(index);
            }
            if frame.is_wall() {
                break;
            }
        }
        None
    }

    /// Marks the scope at `index` as tripped. Returns true the first time.
    pub(crate) fn tell(&self, index: u32) -> bool {
        self.date_open();
        let frame = self.frame(index);
        let due = frame.due.load(Ordering::Relaxed);
        frame.due.store(due | TOLD, Ordering::Release);
        due & TOLD == 0
    }

    /// Makes the budget of the scope at `index` count no more. Returns true the first time. The next check
    /// recomputes all deadlines.
    pub(crate) fn let_pass(&self, index: u32) -> bool {
        self.date_open();
        let frame = self.frame(index);
        let limit = frame.limit.load(Ordering::Relaxed);
        frame.limit.store(passed(limit), Ordering::Release);
        frame.left.store(u64::MAX, Ordering::Release);
        self.forget_deadlines(index);
        limit != passed(limit)
    }

    /// When the scope at `index` began, as its deadline counts from there.
    pub(crate) fn beginning(&self, index: u32, epoch: &Epoch) -> Option<u64> {
        let saved = self.save(index);
        saved.start(epoch).filter(|_| saved.limit != u64::MAX)
    }

    /// Moves the beginning of the scope at `index` to `start`. The next check recomputes all deadlines.
    pub(crate) fn begin_later(&self, index: u32, start: u64) {
        self.date_open();
        self.frame(index).set_start(start);
        self.forget_deadlines(index);
    }

    /// Forgets the deadlines of the scope at `index` and of the scopes inside it.
    fn forget_deadlines(&self, index: u32) {
        self.frame(index).due.store(UNKNOWN, Ordering::Release);
        for above in index + 1..self.depth() {
            let frame = self.frame(above);
            let spent = untold(frame.due.load(Ordering::Relaxed)) == SPENT;
            if !spent || frame.owner.load(Ordering::Relaxed) != above {
                frame.due.store(UNKNOWN, Ordering::Release);
            }
        }
    }

    /// The earliest deadline among walls and the open scopes for whose site's number `counts` returns true; scopes
    /// below a wall do not count. `MAX` if there is none.
    pub(crate) fn earliest_where(&self, epoch: &Epoch, counts: impl Fn(u32) -> bool) -> u64 {
        self.date_open();
        let mut earliest = u64::MAX;
        for index in (0..self.depth()).rev() {
            let frame = self.frame(index);
            let wall = frame.is_wall();
            if wall || counts(frame.site()) {
                let spent = untold(frame.due.load(Ordering::Relaxed)) == SPENT
                    && frame.owner.load(Ordering::Relaxed) == index;
                let due = if spent {
                    SPENT
                } else {
                    frame.save().deadline(epoch).0
                };
                earliest = earliest.min(due);
            }
            if wall {
                break;
            }
        }
        earliest
    }

    /// Makes the time of the innermost scope, at `index`, end at `due`, which has passed.
    #[cfg(feature = "testing")]
    pub(crate) fn expire(&self, index: u32, due: u64) {
        self.date_open();
        self.frame(index).remember(Earliest { due, owner: index });
    }
}

#[cfg(test)]
mod tests {
    use crate::stack::frames::Stack;
    use crate::time::epoch::Epoch;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_long_scope_that_is_not_settled_does_not_hold_up_a_short_one_around_it() {
        let (epoch, stack) = (Epoch::new(), Stack::new());
        let word = epoch.tick(SECOND, false);
        epoch.settle(epoch.load(), word, SECOND);
        stack.make_room();
        stack.push_exact(0, &epoch, 1, SECOND, 5);
        stack.admit(word, Some(0));
        stack.enter(2, Some(3600 * SECOND));
        let earliest = stack.earliest(&epoch);
        assert_eq!((earliest.due, earliest.owner), (SECOND + 5, 0));
        assert!(earliest.is_settled());
    }

    #[test]
    fn a_long_scope_alone_is_final_once_the_gap_after_its_word_is_counted() {
        let (epoch, stack) = (Epoch::new(), Stack::new());
        let word = epoch.tick(SECOND, false);
        epoch.settle(epoch.load(), word, SECOND);
        stack.admit(word, Some(0));
        stack.enter(1, Some(10 * SECOND));
        let bound = stack.earliest(&epoch);
        assert!(!bound.is_settled() && bound.due >= 11 * SECOND);
        let next = epoch.tick(3 * SECOND, false);
        epoch.settle(word, next, 4 * SECOND);
        let earliest = stack.earliest(&epoch);
        assert!(
            earliest.is_settled() && earliest.due >= 14 * SECOND,
            "the start may have been at 4 s"
        );
    }
}
