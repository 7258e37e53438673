//! Loops in strips are left in time.

use std::time::Duration;

use guard_runtime::{Budget, Tripped, loop_guard, testing};
use harness::Paused;

use super::{Log, Outcome};
use crate::test_clock::NANO;

#[loop_guard(inherit)]
fn visits(log: &mut Log, n: u64) -> Result<(), Tripped> {
    for i in 0..n {
        log.push(i);
    }
    Ok(())
}

#[loop_guard(inherit)]
fn counts(log: &mut Log, n: u64) -> Result<(), Tripped> {
    let mut i = 0;
    while i < n {
        log.push(i);
        i += 1;
    }
    Ok(())
}

#[test]
fn a_spent_budget_lets_no_strip_begin() {
    let _paused = Paused::new();
    for kernel in [visits, counts] {
        let outcome = Budget::timeout(NANO).run(|| {
            let mut log = Log::default();
            testing::advance(NANO * 2);
            let empty = kernel(&mut log, 0).is_ok();
            (kernel(&mut log, 10).is_err(), log, empty)
        });
        let (tripped, log, _) = outcome.unwrap();
        assert_eq!((tripped, log), (true, Log::default()));
    }
}

/// Its first items come at once, and each later one takes a millisecond.
struct Receiver {
    there: u64,
    taken: u64,
}

impl Iterator for Receiver {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.taken += 1;
        if self.taken > self.there {
            testing::advance(Duration::from_millis(1));
        }
        Some(self.taken)
    }
}

/// What was learned of its first items says nothing about the next ones.
#[test]
fn an_iterator_that_begins_to_wait_is_left_in_time() {
    #[loop_guard(timeout = "5ms")]
    fn drain(receiver: &mut Receiver) -> Outcome {
        let mut sum = 0;
        for value in receiver {
            sum += value;
        }
        Ok(sum)
    }
    let _paused = Paused::new();
    let mut receiver = Receiver {
        there: 100_000,
        taken: 0,
    };
    drain(&mut receiver).unwrap_err();
    // At five milliseconds the budget is used, at six it is spent.
    assert_eq!(receiver.taken, 100_006);
}

#[loop_guard(timeout = "3ms")]
fn endless_range() -> Result<u64, Tripped> {
    let mut sum = 0_u64;
    for i in 0_u64.. {
        sum ^= i;
    }
    Ok(sum)
}

#[loop_guard(timeout = "3ms")]
fn endless_source() -> Result<u64, Tripped> {
    let mut sum = 0_u64;
    for i in std::iter::repeat(3_u64) {
        sum = sum.wrapping_add(i);
    }
    Ok(sum)
}

#[loop_guard(timeout = "3ms")]
fn endless_while(step: u64) -> Result<u64, Tripped> {
    let (mut i, mut n) = (0_u64, 1_u64);
    while i < n {
        n += step;
        i += 1;
    }
    Ok(n)
}

#[loop_guard(timeout = "3ms")]
fn endless_pops(stack: &mut Vec<u64>) -> Result<u64, Tripped> {
    let mut sum = 0_u64;
    while let Some(top) = stack.pop() {
        sum ^= top;
        stack.push(top);
    }
    Ok(sum)
}

/// In real time: endless loops in strips are left.
#[test]
fn endless_loops_in_strips_trip() {
    assert!(endless_range().is_err());
    assert!(endless_source().is_err());
    assert!(endless_while(1).is_err());
    assert!(endless_pops(&mut vec![1]).is_err());
}

/// Takes a millisecond to add, which the macro cannot see: it takes operators and `push` for cheap.
#[derive(Clone, Copy)]
struct Slow(u64);

impl std::ops::AddAssign<Slow> for u64 {
    fn add_assign(&mut self, slow: Slow) {
        testing::advance(Duration::from_millis(1));
        *self += slow.0;
    }
}

/// A list whose `push` takes a millisecond.
#[derive(Default)]
struct SlowList(u64);

impl SlowList {
    fn push(&mut self, _: Slow) {
        self.0 += 1;
        testing::advance(Duration::from_millis(1));
    }
}

#[loop_guard(timeout = "5ms")]
fn adds(items: &[Slow], sum: &mut u64) -> Result<(), Tripped> {
    for item in items {
        *sum += *item;
    }
    Ok(())
}

#[loop_guard(timeout = "5ms")]
fn pushes(items: &[Slow], list: &mut SlowList) -> Result<(), Tripped> {
    for item in items {
        list.push(*item);
    }
    Ok(())
}

#[loop_guard(timeout = "5ms")]
fn adds_with_a_check_each(items: &[Slow], sum: &mut u64) -> Result<(), Tripped> {
    #[loop_guard(every = 1)]
    for item in items {
        *sum += *item;
    }
    Ok(())
}

/// The documented limit, and the way around it. The millisecond in which the budget ends counts once.
#[test]
fn slow_operators_and_slow_methods_of_cheap_names_are_late_by_one_strip() {
    const LONGEST_FIRST: u64 = 16;
    const IN_TIME: u64 = 6;
    for length in [16, 17, 40, 1_000, 100_000] {
        let items = vec![Slow(1); length];
        let _paused = Paused::new();
        let (mut added, mut list, mut each) = (0, SlowList::default(), 0);
        // A loop of sixteen is one strip, behind which no check stands.
        let ends = length == 16;
        assert_eq!(adds(&items, &mut added).is_ok(), ends, "{length}");
        assert_eq!(pushes(&items, &mut list).is_ok(), ends, "{length}");
        for done in [added, list.0] {
            assert!(
                (IN_TIME..=IN_TIME + LONGEST_FIRST).contains(&done),
                "{done} ms of 5, of {length}"
            );
        }
        assert!(adds_with_a_check_each(&items, &mut each).is_err());
        assert_eq!(each, IN_TIME, "of {length}");
    }
}
