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

const LIMIT: Limit = Limit(40);

/// The bound is a constant of the user's type, above and below.
#[loop_guard(timeout = "1h")]
fn there_and_back() -> (u64, u64) {
    let (mut at, mut turns) = (0_u64, 0);
    while at < LIMIT {
        turns += 1;
        at += 1;
    }
    let mut from = 2 * at;
    while from > LIMIT {
        turns += 1;
        from -= 1;
    }
    (from, turns)
}

/// A counter that is at its own end has no next number.
#[loop_guard(timeout = "1h")]
fn to_the_ends() -> (u64, u64) {
    const NONE: Limit = Limit(0);
    let (mut down, mut up) = (40_u64, u64::MAX);
    while down > NONE {
        down -= 1;
    }
    while up < NONE {
        up += 1;
    }
    (down, up)
}

/// A bound that counts how often it is asked, and is reached when it was asked often enough.
struct Asked<'c>(&'c Cell<u64>, u64);

impl PartialEq<Asked<'_>> for u64 {
    fn eq(&self, _: &Asked) -> bool {
        false
    }
}

impl PartialOrd<Asked<'_>> for u64 {
    fn partial_cmp(&self, other: &Asked) -> Option<Ordering> {
        other.0.set(other.0.get() + 1);
        Some(other.0.get().cmp(&other.1))
    }
}

#[loop_guard(timeout = "1h")]
fn ask(times: u64) -> (u64, u64) {
    let asked = Cell::new(0);
    let end = Asked(&asked, times);
    let mut at = 0_u64;
    while at < end {
        at += 1;
    }
    (at, asked.get())
}

/// The bound is never reached, so only the guard ends the loop.
#[loop_guard(timeout = "20ms", fallback = u64::MAX)]
fn ask_for_ever() -> u64 {
    let asked = Cell::new(0);
    let end = Asked(&asked, u64::MAX);
    let mut at = 0_u64;
    while at < end {
        at += 1;
    }
    at
}

#[test]
fn a_bound_of_the_users_type_is_asked_as_often() {
    assert_eq!(there_and_back(), (40, 80));
    assert_eq!(to_the_ends(), (0, u64::MAX));
    assert_eq!(ask(1_000), (999, 1_000));
    assert_eq!(ask_for_ever(), u64::MAX);
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

/// Each pass appends one number for each that is there, and as the list is long enough, none.
#[loop_guard(timeout = "1h")]
fn double_up_to_the_last(list: &mut Vec<usize>, most: usize) -> usize {
    let mut at = 0;
    while at < list.len() - 1 {
        if list.len() < most {
            list.push(at);
        }
        at += 1;
    }
    at
}

#[loop_guard(timeout = "1h")]
fn pairs(of: &[u32]) -> usize {
    let (mut at, mut pairs) = (0, 0);
    while at < of.len() - 1 {
        pairs += usize::from(of[at] < of[at + 1]);
        at += 1;
    }
    pairs
}

/// The list never ends, so only the guard ends the loop.
#[loop_guard(timeout = "20ms", fallback = usize::MAX)]
fn append_for_ever(list: &mut Vec<()>) -> usize {
    let mut at = 0;
    while at < list.len() {
        list.push(());
        at += 1;
    }
    0
}

/// The counter is one ahead in the condition.
#[loop_guard(timeout = "1h")]
fn neighbours(of: &[u32]) -> usize {
    let (mut at, mut rising) = (0, 0);
    while at + 1 < of.len() {
        rising += usize::from(of[at] < of[at + 1]);
        at += 1;
    }
    rising
}

#[loop_guard(timeout = "1h")]
fn to_nearer_end(a: &[u32], b: &[u32]) -> u32 {
    let n = a.len().min(b.len());
    let (mut at, mut sum) = (0, 0);
    while at < n {
        sum += a[at] * b[at];
        at += 1;
    }
    sum
}

/// Counts to the largest integer of its type, in both directions.
#[loop_guard(timeout = "1h")]
fn ends_of_bytes(largest: u8) -> (u32, u32) {
    let (mut up, mut down, mut turns) = (0_u8, 127_i8, (0, 0));
    let top = largest.max(200);
    let bottom: i8 = i8::MIN;
    while up < top {
        turns.0 += 1;
        up += 1;
    }
    while down > bottom {
        turns.1 += 1;
        down -= 1;
    }
    turns
}

#[test]
fn bounds_that_are_computed_are_kept_to() {
    for n in [1, 2, 15, 16, 17, 1000] {
        let numbers: Vec<u32> = (0..n).collect();
        assert_eq!(pairs(&numbers), numbers.len() - 1);
        assert_eq!(neighbours(&numbers), numbers.len() - 1);
        let expected: u32 = (0..n.min(20)).map(|x| x * x).sum();
        assert_eq!(
            to_nearer_end(&numbers, &numbers[..numbers.len().min(20)]),
            expected
        );
    }
    assert_eq!(ends_of_bytes(u8::MAX), (255, 255));
    assert_eq!(neighbours(&[]), 0);
    let mut list = vec![7, 7];
    assert_eq!(double_up_to_the_last(&mut list, 1000), 999);
    assert_eq!(list.len(), 1000);
}

#[test]
#[cfg_attr(
    debug_assertions,
    should_panic(expected = "attempt to subtract with overflow")
)]
#[cfg_attr(not(debug_assertions), should_panic(expected = "index out of bounds"))]
fn a_bound_below_zero_panics_as_it_did() {
    pairs(&[]);
}

#[test]
fn a_list_that_grows_with_the_counter_ends_in_time() {
    assert_eq!(append_for_ever(&mut vec![(); 3]), usize::MAX);
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

static mut END: u64 = 3;

mod below {
    pub(super) static mut END: u64 = 1;
}

/// A reference to a `static mut` is an error in edition 2024.
#[loop_guard(inherit)]
fn to_a_static() -> u64 {
    let (mut i, mut sum): (u64, u64) = (0, 0);
    // SAFETY: no thread writes it.
    unsafe {
        while i < END {
            sum += i;
            i += 1;
        }
        while i > below::END {
            i -= 1;
        }
    }
    i + sum
}

#[test]
fn a_static_that_is_mutable_is_not_borrowed() {
    assert_eq!(to_a_static(), 4);
}

#[derive(Clone, Copy)]
struct Far(u16);

impl PartialEq<Far> for u8 {
    fn eq(&self, other: &Far) -> bool {
        u16::from(*self) == other.0
    }
}

impl PartialOrd<Far> for u8 {
    fn partial_cmp(&self, other: &Far) -> Option<Ordering> {
        u16::from(*self).partial_cmp(&other.0)
    }
}

#[loop_guard(timeout = "1h")]
fn leaves_at_the_largest(limit: Far) -> u8 {
    let mut at = 250_u8;
    while at < limit {
        if at == u8::MAX {
            break;
        }
        at += 1;
    }
    at
}

#[test]
fn a_bound_beyond_the_counters_type_is_run_to() {
    assert_eq!(leaves_at_the_largest(Far(1_000)), 255);
    assert_eq!(leaves_at_the_largest(Far(255)), 255);
    assert_eq!(leaves_at_the_largest(Far(252)), 252);
}
