//! A loop over a value whose type is inferred from later code did not compile.

use std::collections::{BTreeMap, BTreeSet};

use guard_runtime::loop_guard;

fn filled<T: Extend<u32> + Default>(n: u32) -> T {
    let mut list = T::default();
    list.extend(0..n);
    list
}

#[loop_guard(timeout = "1h")]
fn by_a_function(n: u32) -> (u32, BTreeSet<u32>) {
    let list = filled(n);
    let mut sum = 0;
    for x in &list {
        sum += x;
    }
    (sum, list)
}

#[loop_guard(timeout = "1h")]
fn in_a_pattern(n: u32) -> (u32, BTreeSet<u32>) {
    let (first, list) = (n, filled(n));
    let mut sum = first;
    for x in &list {
        sum += x;
    }
    (sum, list)
}

#[loop_guard(timeout = "1h")]
fn shadowed(list: &[u32]) -> (u32, BTreeSet<u32>) {
    let mut sum = 0;
    for x in list {
        sum += x;
    }
    let list = filled(sum);
    for x in &list {
        sum += x;
    }
    (sum, list)
}

#[loop_guard(timeout = "1h")]
fn items(n: u32) -> (u32, Vec<BTreeMap<u32, u32>>) {
    let mut lists = Vec::new();
    let mut sum = 0;
    for list in &lists {
        for x in list {
            let (key, value): (&u32, &u32) = x;
            sum += key + value;
        }
    }
    lists.push(BTreeMap::from([(n, n)]));
    (sum, lists)
}

#[loop_guard(timeout = "1h")]
fn bounds(n: u8) -> (u32, std::net::Ipv4Addr, char) {
    let (mut first, mut letter) = (made(), made());
    let mut sum = 0;
    for _ in first..first {
        sum += 1;
    }
    for _ in letter..=letter {
        sum += 1;
    }
    if sum == 0 {
        (first, letter) = (std::net::Ipv4Addr::new(n, 0, 0, 1), char::from(n));
    }
    (sum, first, letter)
}

trait Made {
    fn made() -> Self;
}

impl Made for std::net::Ipv4Addr {
    fn made() -> Self {
        Self::LOCALHOST
    }
}

impl Made for char {
    fn made() -> Self {
        'm'
    }
}

fn made<T: Made>() -> T {
    T::made()
}

struct Of<T>(T);

#[loop_guard(timeout = "1h")]
fn of_a_field(n: u32) -> (u32, Of<BTreeSet<u32>>) {
    let of: Of<_> = Of(filled(n));
    let mut sum = 0;
    for x in &of.0 {
        sum += x;
    }
    (sum, of)
}

#[test]
fn loops_over_what_gets_its_type_later() {
    assert_eq!(by_a_function(4).0, 6);
    assert_eq!(in_a_pattern(4).0, 4 + 6);
    assert_eq!(shadowed(&[1, 3]).0, 10);
    assert_eq!(items(3).0, 0);
    assert_eq!(bounds(97).0, 1);
    assert_eq!(of_a_field(4).0, 6);
}
