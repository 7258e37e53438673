//! Expected lints in a guarded function: an expectation that the rewritten loop no longer fulfils causes no warning.
#![deny(unfulfilled_lint_expectations)]

use std::collections::BTreeMap;

use guard_runtime::{Tripped, loop_guard};

#[loop_guard(timeout = "1h")]
#[expect(for_loops_over_fallibles, reason = "that is the test")]
fn over_an_option(n: Option<u32>) -> u32 {
    let mut sum = 0;
    for x in n {
        sum += x;
    }
    sum
}

#[expect(unconditional_recursion, reason = "that is the test")]
#[loop_guard(inherit)]
fn endless(n: u32) -> Result<u32, Tripped> {
    std::hint::black_box(n);
    endless(n + 1)
}

#[loop_guard(timeout = "1h")]
fn on_the_loop(list: &mut [u32]) -> u32 {
    let mut sum = 0;
    #[expect(clippy::needless_range_loop, reason = "that is the test")]
    for i in 0..list.len() {
        sum += list[i];
    }
    #[cfg_attr(
        all(),
        expect(clippy::explicit_counter_loop, unused_mut, reason = "that is the test")
    )]
    for x in list.iter() {
        let mut y = *x;
        sum += y;
    }
    sum
}

/// Clippy's, where it is clippy that compiles this.
#[loop_guard(timeout = "1h")]
#[expect(clippy::manual_memcpy, reason = "that is the test")]
fn copied(from: &[u32], to: &mut [u32]) {
    for i in 0..from.len() {
        to[i] = from[i];
    }
}

#[expect(clippy::manual_flatten, reason = "that is the test")]
#[loop_guard(timeout = "1h")]
fn flattened(list: Vec<Option<u32>>) -> u32 {
    let mut sum = 0;
    for x in list {
        if let Some(x) = x {
            sum += x;
        }
    }
    sum
}

#[loop_guard(inherit)]
#[expect(clippy::mut_range_bound, reason = "that is the test")]
fn moved_bound(mut n: u32) -> u32 {
    let mut sum = 0;
    for i in 0..n {
        n += 1;
        sum += i;
    }
    sum + n
}

#[loop_guard(inherit)]
#[expect(clippy::unused_enumerate_index, reason = "that is the test")]
fn unused_index(list: &[u32]) -> u32 {
    let mut sum = 0;
    for (_, x) in list.iter().enumerate() {
        sum += x;
    }
    sum
}

#[loop_guard(timeout = "1h")]
#[expect(clippy::empty_loop, reason = "that is the test")]
fn never(n: u32) -> u32 {
    if n == 1 {
        loop {}
    }
    n
}

#[expect(clippy::needless_lifetimes, reason = "that is the test")]
#[loop_guard(timeout = "1h")]
fn first<'a>(list: &'a [u32]) -> &'a u32 {
    for x in list {
        if *x > 0 {
            return x;
        }
    }
    &7
}

#[loop_guard(timeout = "1h")]
#[expect(clippy::for_kv_map, reason = "that is the test")]
fn values(map: &BTreeMap<u32, u32>) -> u32 {
    let mut sum = 0;
    for (_, value) in map {
        sum += value;
    }
    sum
}

#[loop_guard(timeout = "1h")]
#[expect(
    clippy::iter_next_loop,
    for_loops_over_fallibles,
    reason = "that is the test"
)]
fn only_the_first(list: &[u32]) -> u32 {
    let mut sum = 0;
    for x in list.iter().next() {
        sum += x;
    }
    sum
}

struct Total(u32);

#[loop_guard(inherit)]
impl Total {
    #[expect(clippy::while_let_loop, reason = "that is the test")]
    fn add(&mut self, list: &mut Vec<u32>) {
        loop {
            let Some(x) = list.pop() else { break };
            self.0 += x;
        }
    }
}

#[loop_guard(timeout = "1h")]
mod of_a_module {
    #![expect(clippy::explicit_counter_loop, reason = "that is the test")]

    pub(super) struct Sum(pub(super) u32);

    #[expect(clippy::needless_range_loop, reason = "that is the test")]
    impl Sum {
        pub(super) fn add(&mut self, list: &[u32]) {
            for i in 0..list.len() {
                self.0 += list[i];
            }
        }
    }

    pub(super) fn weigh(list: &[u32]) -> u32 {
        let (mut sum, mut i) = (0, 1);
        for x in list {
            sum += x * i;
            i += 1;
        }
        sum
    }
}

#[test]
fn expectations_are_met() {
    let mut sum = of_a_module::Sum(0);
    sum.add(&[1, 2]);
    assert_eq!((sum.0, of_a_module::weigh(&[1, 2])), (3, 5));
    assert_eq!(over_an_option(Some(3)), 3);
    assert_eq!(on_the_loop(&mut [1, 2]), 6);
    let mut to = [0, 0];
    copied(&[4, 5], &mut to);
    assert_eq!(to, [4, 5]);
    assert_eq!(flattened(vec![None, Some(2)]), 2);
    assert_eq!(moved_bound(3), 9);
    assert_eq!(unused_index(&[1, 2]), 3);
    assert_eq!((never(3), *first(&[2]), only_the_first(&[5, 6])), (3, 2, 5));
    assert_eq!(values(&BTreeMap::from([(1, 2), (3, 4)])), 6);
    let mut total = Total(0);
    total.add(&mut vec![1, 2]);
    assert_eq!(total.0, 3);
    let tripped =
        guard_runtime::Budget::timeout(std::time::Duration::from_nanos(1)).run(|| endless(0));
    assert!(tripped.is_err() || tripped.unwrap().is_err());
}
