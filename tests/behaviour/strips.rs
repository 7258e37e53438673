//! Plain loops, which run in strips: whatever a strip's length, they do what they did.
#![allow(
    clippy::needless_range_loop,
    clippy::needless_continue,
    clippy::explicit_iter_loop,
    clippy::explicit_counter_loop,
    clippy::same_item_push,
    clippy::manual_memcpy,
    clippy::manual_range_patterns,
    clippy::while_let_loop,
    clippy::while_let_on_iterator,
    clippy::unnecessary_wraps,
    reason = "the shapes are what users write, not what clippy would"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use guard_runtime::{Budget, Tripped, loop_guard, testing};

use harness::Paused;

use crate::test_clock::NANO;

pub(crate) type Outcome = Result<u64, Tripped>;

pub(crate) type Kernel = fn(&mut Log, u64) -> Outcome;

/// What happened. The name of its method is one that plain bodies may call.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Log(Vec<(char, u64)>);

impl Log {
    pub(crate) fn push(&mut self, value: u64) {
        self.0.push(('b', value));
    }
}

/// Counts `len` down, logs every call, and must not be called again after its end.
struct Source<'l> {
    log: &'l RefCell<&'l mut Log>,
    left: u64,
    ended: bool,
}

impl<'l> Source<'l> {
    fn new(log: &'l RefCell<&'l mut Log>, left: u64) -> Self {
        Self {
            log,
            left,
            ended: false,
        }
    }
}

impl Iterator for Source<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        assert!(!self.ended, "called after its end");
        self.log.borrow_mut().0.push(('n', self.left));
        self.ended = self.left == 0;
        self.left = self.left.saturating_sub(1);
        (!self.ended).then_some(self.left)
    }
}

impl Drop for Source<'_> {
    fn drop(&mut self) {
        self.log.borrow_mut().0.push(('d', self.left));
    }
}

/// Each kernel plainly, under a long budget, and under the caller's.
macro_rules! kernels {
    ($(fn $name:ident($log:ident, $n:ident) { $($body:tt)* })*) => {
        struct Plain;
        impl Plain {
            $(fn $name($log: &mut Log, $n: u64) -> Outcome { $($body)* })*
        }

        struct Timed;
        impl Timed {
            $(
                #[loop_guard(timeout = "1h")]
                fn $name($log: &mut Log, $n: u64) -> Outcome { $($body)* }
            )*
        }

        struct Inheriting;
        impl Inheriting {
            $(
                #[loop_guard(inherit)]
                fn $name($log: &mut Log, $n: u64) -> Outcome { $($body)* }
            )*
        }

        const KERNELS: &[(&str, [Kernel; 3])] = &[$(
            (stringify!($name), [Plain::$name, Timed::$name, Inheriting::$name]),
        )*];
    };
}

pub(crate) fn numbers(n: u64) -> Vec<u64> {
    (0..n).map(|i| i * i % 97).collect()
}

kernels! {
    fn ranges(log, n) {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
            log.push(i);
        }
        for i in (3..n).rev() {
            sum ^= i;
            log.push(i);
        }
        for i in n..0 {
            log.push(i);
        }
        Ok(sum)
    }

    fn ranges_to_the_end_of_their_type(log, n) {
        for i in 0_u8..=255 {
            log.push(u64::from(i));
        }
        for i in i8::MIN..=i8::MAX {
            log.push(u64::from(i == 0));
        }
        for c in 'a'..='z' {
            log.push(u64::from(c));
        }
        for i in u64::MAX - n..=u64::MAX {
            log.push(i);
        }
        Ok(n)
    }

    fn slices(log, n) {
        let mut all = numbers(n);
        let mut sum = 0;
        for value in &all {
            sum += *value;
        }
        for value in all.iter_mut().rev() {
            *value = value.wrapping_mul(3);
            sum ^= *value;
        }
        for value in all.iter().copied() {
            log.push(value);
        }
        for value in &mut all {
            *value += 1;
        }
        for value in all {
            log.push(value);
        }
        Ok(sum)
    }

    fn enumerated(log, n) {
        let all = numbers(n);
        let mut sum = 0;
        for (i, value) in all.iter().enumerate() {
            sum += i as u64 * *value;
        }
        for (i, value) in all.iter().rev().enumerate() {
            log.push(i as u64 + *value);
        }
        for (i, value) in all.iter().enumerate().rev() {
            log.push(i as u64 * *value);
        }
        Ok(sum)
    }

    fn zipped(log, n) {
        let (longer, all) = (numbers(n + n / 2), numbers(n));
        let mut sum = 0;
        for (a, b) in longer.iter().zip(all.iter()) {
            sum += a ^ b;
        }
        for ((i, a), b) in all.iter().enumerate().zip(&longer) {
            log.push(i as u64 + *a * *b);
        }
        for (i, a) in (0..n).zip(longer.iter().rev()) {
            log.push(i + *a);
        }
        Ok(sum)
    }

    fn zipped_to_the_shorter(log, n) {
        let (mut longer, mut all) = (numbers(2 * n + 1), numbers(n));
        for (a, b) in longer.iter_mut().rev().zip(all.iter_mut()) {
            *a += *b;
            *b ^= *a;
        }
        for (a, b) in all.iter_mut().zip(longer.iter().copied().rev()) {
            *a += b;
        }
        for (a, (b, c)) in longer.iter().rev().zip(all.iter().zip(n..=u64::MAX)) {
            log.push(a ^ b ^ c);
        }
        for ((a, b), c) in all.iter().zip(3..=n).zip(longer.iter().enumerate()) {
            log.push(a + b + *c.1 + c.0 as u64);
        }
        for (a, b) in (0..=2 * n).rev().zip(all.iter().rev()) {
            log.push(a ^ b);
        }
        for (a, b) in (0..2 * n).rev().zip(1..=n) {
            log.push(a * b);
        }
        for (a, b) in (0..=u64::MAX).rev().zip((0..n).rev()) {
            log.push(a ^ b);
        }
        for (a, b) in (0_u8..=255).zip(all.iter_mut()) {
            *b += u64::from(a);
        }
        // Nothing on one side.
        for (a, b) in (0..=n).zip(longer[..0].iter()) {
            log.push(a ^ b);
        }
        for (a, b) in longer[..0].iter().zip((0..=n).rev()) {
            log.push(a ^ b);
        }
        for ((), b) in [(); 7].iter().zip(longer.iter()) {
            log.push(*b);
        }
        Ok(longer.iter().chain(&all).fold(0, |sum, value| sum.rotate_left(3) ^ value))
    }

    fn zipped_with_side_effects(log, n) {
        let log = RefCell::new(log);
        let all = numbers(n);
        let mut sum = 0;
        for (a, b) in all.iter().zip(Source::new(&log, n + 10)) {
            sum += a ^ b;
        }
        for (a, b) in all.iter().zip(Source::new(&log, n / 2)) {
            sum += a ^ b;
        }
        let mut source = Source::new(&log, n + 3);
        for (a, b) in (0..n).zip(source.by_ref()) {
            sum += a ^ b;
        }
        for rest in source {
            sum += rest;
        }
        Ok(sum)
    }

    fn sources(log, n) {
        let log = RefCell::new(log);
        let mut sum = 0;
        for value in Source::new(&log, n) {
            sum += value;
        }
        let mut source = Source::new(&log, n);
        for value in source.by_ref() {
            if value == n / 3 {
                break;
            }
            sum += value;
        }
        if !source.ended {
            for value in source {
                sum ^= value;
            }
        }
        Ok(sum)
    }

    fn other_collections(log, n) {
        let map: BTreeMap<_, _> = (0..n).map(|i| (i * 7 % 101, i)).collect();
        for (key, value) in &map {
            log.push(key + value);
        }
        let text = "Grüße, Jürgen ❤ ".repeat(numbers(n % 300).len());
        let mut letters = 0;
        for c in text.chars() {
            if c.is_alphabetic() {
                letters += 1;
            }
        }
        for (i, byte) in text.bytes().enumerate() {
            if byte == b' ' {
                log.push(i as u64);
            }
        }
        for i in (0..n).step_by(7) {
            log.push(i);
        }
        for pair in numbers(n).windows(2) {
            if pair[0] > pair[1] {
                letters += 1;
            }
        }
        for slot in [Some(n), None].into_iter().flatten() {
            log.push(slot);
        }
        Ok(letters)
    }

    fn jumps(log, n) {
        let mut sum = 0;
        for i in 0..n {
            if i % 3 == 0 {
                continue;
            }
            if i == 6000 {
                break;
            }
            sum += i;
        }
        'outer: for i in 0..n % 70 {
            for j in 0..n {
                if j > i {
                    continue 'outer;
                }
                if i * j == 1200 {
                    break 'outer;
                }
                log.push(i + j);
            }
            sum += i;
        }
        'same: for i in 0..n {
            if i % 2 == 1 {
                continue 'same;
            }
            if i == 5000 {
                break 'same;
            }
            sum ^= i;
        }
        Ok(sum)
    }

    fn returns(log, n) {
        for i in 0..n {
            if i == 4096 {
                return Ok(log.0.len() as u64);
            }
            log.push(i);
        }
        Ok(1)
    }

    fn counted_whiles(log, n) {
        let (mut i, mut sum) = (0, 0);
        while i < n {
            i += 1;
            if i % 5 == 0 {
                continue;
            }
            sum += i;
            log.push(i);
        }
        let mut down = n;
        'down: while down > 0 {
            down -= 1;
            if down == 77 {
                break;
            }
            if down % 4 == 0 {
                continue 'down;
            }
            sum ^= down;
        }
        let all = numbers(n);
        let mut j = 0;
        while j < all.len() && all[j] != 96 {
            sum += all[j];
            j += 1;
        }
        Ok(sum + j as u64 + down)
    }

    fn nested_whiles(log, n) {
        let n = n % 90;
        let (mut i, mut sum) = (0, 0);
        'rows: while i < n {
            i += 1;
            let mut j = 0;
            while j < n {
                j += 1;
                if j == i {
                    continue 'rows;
                }
                if i * j == 3000 {
                    break 'rows;
                }
                sum += j;
            }
            log.push(sum);
        }
        Ok(sum)
    }

    fn impure_whiles(log, n) {
        let mut stack = numbers(n);
        let mut sum = 0;
        while let Some(top) = stack.pop() {
            if top > 90 {
                stack.push(top / 2);
            }
            if top == 17 {
                continue;
            }
            sum += top;
            log.push(top);
        }
        let mut it = numbers(n).into_iter().peekable();
        while let Some(value) = it.next() {
            sum ^= value;
        }
        Ok(sum)
    }

    fn as_values(log, n) {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        if { let mut i = 0; while i < n { i += 1; } i } > 10 {
            for i in 0..n { log.push(i) }
        }
        match n {
            0 => for i in 0..3 { log.push(i) },
            _ => while sum % 7 != 0 { sum += 1 },
        }
        Ok(sum)
    }
}

/// Around the lengths at which strips begin and end.
const SIZES: [u64; 24] = [
    0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513, 1025, 4095, 4096,
    4097, 8193, 20_000,
];

/// Guarded or not, at any size, the kernels do the same.
pub(crate) fn change_nothing(kernels: &[(&str, [Kernel; 3])]) {
    for (name, [plain, timed, inheriting]) in kernels {
        for size in SIZES {
            let run = |kernel: &Kernel| {
                let mut log = Log::default();
                (kernel(&mut log, size).unwrap(), log)
            };
            let wanted = run(plain);
            assert!(wanted == run(timed), "{name}, {size}");
            assert!(wanted == run(inheriting), "{name}, {size}, free");
            let within = Budget::timeout(Duration::from_secs(3600)).run(|| run(inheriting));
            assert!(wanted == within.unwrap(), "{name}, {size}, within");
        }
    }
}

#[test]
fn strips_change_nothing() {
    change_nothing(KERNELS);
}

/// Every check of a paused thread goes the cold way.
#[test]
fn strips_change_nothing_when_every_check_looks() {
    let _paused = Paused::new();
    strips_change_nothing();
}

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

/// Its first items are there, and each of the others takes a millisecond.
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

/// What was learned of its first items says nothing of the next.
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

/// In real time: a loop in strips is still left.
#[test]
fn endless_loops_in_strips_trip() {
    assert!(endless_range().is_err());
    assert!(endless_source().is_err());
    assert!(endless_while(1).is_err());
    assert!(endless_pops(&mut vec![1]).is_err());
}

/// A number whose comparisons are counted.
struct Asked<'a> {
    number: u32,
    times: &'a std::cell::Cell<u32>,
}

impl PartialEq<u32> for Asked<'_> {
    fn eq(&self, other: &u32) -> bool {
        self.number == *other
    }
}

impl PartialOrd<u32> for Asked<'_> {
    fn partial_cmp(&self, other: &u32) -> Option<std::cmp::Ordering> {
        self.times.set(self.times.get() + 1);
        self.number.partial_cmp(other)
    }
}

impl std::ops::AddAssign<u32> for Asked<'_> {
    fn add_assign(&mut self, other: u32) {
        self.number += other;
    }
}

#[guard_runtime::loop_guard(timeout = "1h")]
fn count_to(mut number: Asked<'_>, end: u32) {
    while number < end {
        number += 1;
    }
}

#[test]
fn a_condition_is_asked_as_often_as_without_strips() {
    for end in [0, 1, 15, 16, 17, 100, 5_000, 20_000] {
        let times = std::cell::Cell::new(0);
        count_to(
            Asked {
                number: 0,
                times: &times,
            },
            end,
        );
        assert_eq!(times.get(), end + 1);
    }
}
