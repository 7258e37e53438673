//! Plain loops, which run in strips: whatever the length of a strip, they do what they did without.
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

mod in_time;

use std::cell::RefCell;
use std::time::Duration;

use guard_runtime::{Budget, Tripped};

use harness::Paused;

pub(crate) type Outcome = Result<u64, Tripped>;

pub(crate) type Kernel = fn(&mut Log, u64) -> Outcome;

/// What happened. Its method has a name that plain bodies may call.
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

        pub(super) const KERNELS: &[(&str, [Kernel; 3])] = &[$(
            (stringify!($name), [Plain::$name, Timed::$name, Inheriting::$name]),
        )*];
    };
}

mod for_loops;
mod while_loops;
mod zips;

pub(crate) fn numbers(n: u64) -> Vec<u64> {
    (0..n).map(|i| i * i % 97).collect()
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
    for kernels in [for_loops::KERNELS, while_loops::KERNELS, zips::KERNELS] {
        change_nothing(kernels);
    }
}

/// Every check of a thread with a paused clock takes the cold path.
#[test]
fn strips_change_nothing_when_every_check_looks() {
    let _paused = Paused::new();
    strips_change_nothing();
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
