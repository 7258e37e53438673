//! A type with an `iter()` of its own, whose value has methods of its own, did not compile.
#![allow(
    clippy::cast_possible_truncation,
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    clippy::iter_without_into_iter,
    clippy::should_implement_trait,
    reason = "what users write"
)]

use guard_runtime::loop_guard;

/// Counts down from its number.
struct Countdown(u32);

impl Countdown {
    fn iter(&self) -> Steps {
        Steps(self.0)
    }
}

struct Steps(u32);

impl Steps {
    /// Counts up instead of down.
    fn rev(self) -> std::ops::Range<u32> {
        0..self.0
    }

    /// Adds a name to each item.
    fn enumerate(self) -> Vec<(String, u32)> {
        (0..self.0).map(|i| (i.to_string(), i)).collect()
    }

    /// Returns both as an array.
    fn zip(self, other: Steps) -> [u32; 2] {
        [self.0, other.0]
    }

    /// Is not an iterator over references.
    fn copied(self) -> Option<u32> {
        Some(self.0)
    }
}

impl Iterator for Steps {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

#[loop_guard(inherit)]
fn visit(of: &Countdown, list: &[u32], seen: &mut Vec<u32>) {
    for x in of.iter() {
        seen.push(x);
    }
    for x in of.iter().rev() {
        seen.push(x);
    }
    for (name, x) in of.iter().enumerate() {
        seen.push(name.len() as u32 + x);
    }
    for x in of.iter().zip(of.iter()) {
        seen.push(x);
    }
    for x in of.iter().copied() {
        seen.push(x);
    }
    for (x, y) in list.iter().zip(of.iter()) {
        seen.push(x * y);
    }
}

#[test]
fn methods_are_those_that_the_user_finds() {
    let mut seen = Vec::new();
    visit(&Countdown(2), &[7, 8, 9], &mut seen);
    assert_eq!(seen, [1, 0, 0, 1, 1, 2, 2, 2, 2, 7, 0]);
}
