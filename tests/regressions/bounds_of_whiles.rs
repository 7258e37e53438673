//! The bound of a `while` that counts is what the user wrote, and asked as often: a `len()` of the user's own type may count
//! its calls or shrink, and an integer may be compared with anything.

use guard_runtime::loop_guard;
use std::cell::Cell;
use std::cmp::Ordering;

struct Queue {
    left: Cell<usize>,
    asked: Cell<u32>,
}

impl Queue {
    fn of(left: usize) -> Self {
        let (left, asked) = (Cell::new(left), Cell::new(0));
        Self { left, asked }
    }

    fn len(&self) -> usize {
        self.asked.set(self.asked.get() + 1);
        self.left.get()
    }

    /// Has the name of a method that only makes a list longer.
    fn push(&self, _item: usize) {
        self.left.set(self.left.get() - 1);
    }
}

#[loop_guard(timeout = "1h")]
fn count(queue: &Queue) -> usize {
    let mut at = 0_usize;
    while at < queue.len() {
        at += 1;
    }
    at
}

#[loop_guard(timeout = "1h")]
fn meet(queue: &Queue) -> usize {
    let mut at = 0_usize;
    while at < queue.len() {
        queue.push(at);
        at += 1;
    }
    at
}

struct Limit(u64);

impl PartialEq<Limit> for u64 {
    fn eq(&self, other: &Limit) -> bool {
        *self == other.0
    }
}

impl PartialOrd<Limit> for u64 {
    fn partial_cmp(&self, other: &Limit) -> Option<Ordering> {
        self.partial_cmp(&other.0)
    }
}

#[loop_guard(timeout = "1h")]
#[allow(clippy::needless_pass_by_value, reason = "a bound by value")]
fn sum(limit: Limit) -> u64 {
    let (mut at, mut sum) = (0_u64, 0);
    while at < limit {
        sum += at;
        at += 1;
    }
    sum
}

/// The list grows while the loop runs over it.
#[loop_guard(timeout = "1h")]
fn double(list: &mut Vec<usize>, most: usize) {
    let mut at = 0;
    while at < list.len() {
        if list.len() < most {
            list.push(at);
        }
        at += 1;
    }
}

#[test]
fn lengths_of_the_users_own_are_asked_each_time() {
    let queue = Queue::of(100);
    assert_eq!((count(&queue), queue.asked.get()), (100, 101));
    assert_eq!(meet(&Queue::of(100)), 50);
    assert_eq!(sum(Limit(100)), 4950);
}

#[test]
fn lists_that_grow_are_run_to_their_end() {
    let mut list = vec![7];
    double(&mut list, 1000);
    assert_eq!(list.len(), 1000);
    assert!(list[1..].iter().copied().eq(0..999));
}
