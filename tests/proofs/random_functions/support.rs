//! What the random functions call, and how one is compared with its twins. Part of the project that is written for
//! them.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a function did, in order.
pub struct Log {
    events: RefCell<Vec<(u32, i64)>>,
    fuel: Cell<u32>,
    /// How often a future is polled before it is dropped.
    polls: u32,
    cell: RefCell<Vec<i64>>,
}

impl Log {
    fn new(polls: u32) -> Self {
        Self {
            polls,
            events: RefCell::default(),
            fuel: Cell::new(400),
            cell: RefCell::new(vec![3, 1, 2]),
        }
    }

    /// Notes a value. After so many the function has run long enough: it panics.
    pub fn note(&self, at: u32, value: i64) -> i64 {
        self.events.borrow_mut().push((at, value));
        self.fuel.set(self.fuel.get().checked_sub(1).expect("out of fuel"));
        value
    }

    /// Notes a condition.
    pub fn yes(&self, at: u32, value: bool) -> bool {
        self.note(at, i64::from(value)) == 1
    }

    /// A value whose end is noted.
    pub fn held(&self, at: u32) -> Held<'_> {
        self.note(at, 0);
        Held { log: self, at, items: [5, 0, i64::from(at % 7)] }
    }

    /// As [`yes`](Self::yes), after a pause.
    pub async fn yes_later(&self, at: u32, value: bool) -> bool {
        pause(self, at).await;
        self.yes(at, value)
    }

    /// Two values whose ends are noted, after a pause.
    pub async fn items_later(&self, at: u32) -> Vec<Held<'_>> {
        pause(self, at).await;
        vec![self.held(at), self.held(at + 700)]
    }

    /// An iterator that notes each call, and its end.
    pub fn counting(&self, at: u32, most: u32) -> Counting<'_> {
        Counting { log: self, at, left: most }
    }

    /// Something that can be borrowed once.
    pub fn cell(&self) -> &RefCell<Vec<i64>> {
        &self.cell
    }

    /// Notes whether that is borrowed.
    pub fn free(&self, at: u32) {
        self.note(at, i64::from(self.cell.try_borrow_mut().is_ok()));
    }
}

pub struct Held<'l> {
    pub log: &'l Log,
    at: u32,
    items: [i64; 3],
}

impl Held<'_> {
    pub fn get(&self) -> i64 {
        i64::from(self.at % 5)
    }

    pub fn items(&self) -> &[i64] {
        &self.items
    }

    pub async fn later(&self) -> i64 {
        pause(self.log, self.at).await;
        self.get()
    }

    pub fn items_of<T>(&self, items: T) -> T {
        items
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.log.events.borrow_mut().push((self.at, -1));
    }
}

pub struct Counting<'l> {
    log: &'l Log,
    at: u32,
    left: u32,
}

impl Iterator for Counting<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        self.log.note(self.at, i64::from(self.left));
        self.left = self.left.checked_sub(1)?;
        Some(i64::from(self.left))
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.log.events.borrow_mut().push((self.at, -2));
    }
}

/// Why a random function fails.
#[derive(Debug, PartialEq)]
pub enum Failure {
    Own(i64),
    Tripped(String),
}

impl From<guard_runtime::Tripped> for Failure {
    fn from(tripped: guard_runtime::Tripped) -> Self {
        Self::Tripped(tripped.to_string())
    }
}

pub fn check(value: i64) -> Result<i64, Failure> {
    if value % 5 == 4 { Err(Failure::Own(value)) } else { Ok(value) }
}

pub async fn check_later(log: &Log, at: u32, value: i64) -> Result<i64, Failure> {
    pause(log, at).await;
    check(value)
}

/// The value, after a pause.
pub async fn value(log: &Log, at: u32, value: i64) -> i64 {
    pause(log, at).await;
    value
}

pub const VALUES: [i64; 7] = [4, 0, 9, 2, 7, 1, 5];

/// What came of one call.
#[derive(Debug, PartialEq)]
struct Outcome {
    value: Option<String>,
    events: Vec<(u32, i64)>,
    cell: Option<Vec<i64>>,
}

fn outcome<T: Debug>(polls: u32, f: impl FnOnce(&Log) -> T) -> Outcome {
    let log = Log::new(polls);
    let value = catch_unwind(AssertUnwindSafe(|| f(&log))).ok();
    Outcome {
        value: value.map(|value| format!("{value:?}")),
        events: log.events.take(),
        cell: log.cell.try_borrow().ok().map(|cell| cell.clone()),
    }
}

/// Polls a future until it is ready, or drops it before: each of its pauses wakes nobody.
pub fn ready<F: Future>(log: &Log, future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..log.polls {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
    }
    None
}

/// Pending once.
pub async fn pause(log: &Log, at: u32) {
    let mut paused = false;
    std::future::poll_fn(|_| {
        if paused {
            return std::task::Poll::Ready(());
        }
        paused = true;
        std::task::Poll::Pending
    })
    .await;
    log.note(at, 7);
}

/// Compares the twins of one function with it. Tells what differs.
pub fn compare<T: Debug>(
    name: &str,
    polls: &[u32],
    plain: impl Fn(&Log, i64, i64) -> T,
    twins: &[(&str, &dyn Fn(&Log, i64, i64) -> T)],
) -> usize {
    let mut different = 0;
    for (a, b) in [(0, 0), (1, 3), (4, 2), (7, 11)] {
        for &polls in polls {
            let wanted = outcome(polls, |log| plain(log, a, b));
            for (twin, function) in twins {
                let found = outcome(polls, |log| function(log, a, b));
                if found != wanted {
                    different += 1;
                    println!("{name}({a}, {b}), {twin}, {polls} polls:\n  plain {wanted:?}\n  guarded {found:?}");
                }
            }
        }
    }
    different
}
