//! Functions and methods of every kind: receivers, generics, lifetimes, ABIs.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use guard_runtime::{Tripped, loop_guard};

/// Methods of every kind.
#[derive(Debug, Default)]
struct Counter<'t, T: Copy> {
    seen: Vec<&'t T>,
    rounds: u32,
}

trait Rounds {
    fn rounds(&mut self, limit: u32) -> Result<u32, Tripped>;

    #[loop_guard(iterations = 2)]
    fn provided(&mut self) -> Result<u32, Tripped> {
        let mut n = 0;
        while n < 3 {
            n = self.rounds(5)?;
        }
        Ok(n)
    }
}

impl<T: Copy> Rounds for Counter<'_, T> {
    #[loop_guard(iterations = limit)]
    fn rounds(&mut self, limit: u32) -> Result<u32, Tripped> {
        for _ in 0..3 {
            self.rounds += 1;
        }
        Ok(self.rounds)
    }
}

impl<'t, T> Counter<'t, T>
where
    T: Copy + PartialEq,
{
    #[loop_guard(iterations = 2)]
    fn find<'s, const N: usize>(&'s mut self, all: &'t [T; N], wanted: T) -> Option<&'s &'t T>
    where
        T: fmt::Debug,
    {
        for item in all {
            self.seen.push(item);
            if *item == wanted {
                return self.seen.last();
            }
        }
        None
    }

    #[loop_guard(iterations = 2, fallback = Self { seen: vec![], rounds: 77 })]
    fn into_full(mut self, item: &'t T) -> Self {
        while self.seen.len() < 5 {
            self.seen.push(item);
        }
        self
    }

    #[loop_guard(iterations = 1)]
    fn shared(self: &std::rc::Rc<Self>) -> Result<usize, Tripped> {
        while std::rc::Rc::strong_count(self) > 1 {}
        Ok(self.seen.len())
    }
}

#[test]
fn methods() {
    let mut counter = Counter::<u8>::default();
    assert_eq!(counter.rounds(3).unwrap(), 3);
    assert!(counter.rounds(2).is_err());
    assert_eq!(counter.rounds, 5);
    assert_eq!(counter.provided().unwrap(), 8);
    assert_eq!(counter.find(&[1, 2], 2), Some(&&2));
    assert_eq!(counter.into_full(&9).rounds, 77);
    let mut counter = Counter {
        seen: vec![&1_u8, &2],
        rounds: 0,
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| counter.find(&[1, 2, 3], 3).copied()));
    assert!(outcome.is_err(), "an `Option` holds no error");
    let counter = std::rc::Rc::new(counter.into_full(&9));
    assert_eq!(counter.shared().unwrap(), 5);
    let _second = std::rc::Rc::clone(&counter);
    assert!(counter.shared().is_err());
}

#[loop_guard(iterations = 4)]
fn generic<'a, I, F>(items: I, mut keep: F) -> Result<Vec<&'a str>, Tripped>
where
    I: IntoIterator<Item = &'a str>,
    F: FnMut(&str) -> bool,
{
    let mut kept = Vec::new();
    for item in items {
        if keep(item) {
            kept.push(item);
        }
    }
    Ok(kept)
}

#[loop_guard(iterations = 4)]
fn impl_argument(items: impl Iterator<Item = u32>) -> Result<u32, Tripped> {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    Ok(sum)
}

// Calling it would take an unsafe block; only its type matters.
const _: unsafe fn(u32) -> Result<u32, Tripped> = unsafe_count;

#[loop_guard(iterations = 4)]
unsafe fn unsafe_count(rounds: u32) -> Result<u32, Tripped> {
    let mut n = 0;
    while n < rounds {
        n += 1;
    }
    Ok(n)
}

#[loop_guard(iterations = 2, fallback = -1)]
extern "C" fn called_from_c(rounds: i32) -> i32 {
    for _ in 0..rounds {}
    rounds
}

#[test]
fn functions_of_every_kind() {
    let text = String::from("a bb c");
    let kept = generic(text.split(' '), |word| word.len() == 1);
    assert_eq!(kept.unwrap(), ["a", "c"]);
    assert!(generic(["x"; 5], |_| true).is_err());
    assert_eq!(impl_argument(1..4).unwrap(), 6);
    assert!(impl_argument(0..).is_err());
    assert_eq!((called_from_c(2), called_from_c(3)), (2, -1));
}
