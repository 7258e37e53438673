//! Permits, and the queue of those who wait for one: first come, first served.
//!
//! A permit that is returned goes to the first waiter under the same lock, and is never free in between, so that
//! nobody who comes later can take it. A waiter is known by its number. It is in the queue until it is granted a
//! permit or leaves, so a number that is not there has been granted one; a waiter that leaves and finds itself
//! granted returns the permit. Wakers are woken and dropped outside the lock, since they are foreign code.

use std::collections::VecDeque;
use std::task::Waker;

use crate::base::sync::{Mutex, const_fn, lock};

pub(super) struct Queue(Mutex<Line>);

struct Line {
    /// How many permits are held.
    held: u32,
    /// How many waiters there ever were.
    numbers: u64,
    /// The waiters, in the order of their numbers.
    waiting: VecDeque<Queued>,
}

struct Queued {
    number: u64,
    waker: Option<Waker>,
}

/// The answer to a request for a permit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Permit,
    /// No permit is free: the number of the new waiter.
    Waits(u64),
    /// The queue is full.
    Full,
}

impl Queue {
    const_fn! {
        pub(super) fn new() -> Self {
            Self(Mutex::new(Line {
                held: 0,
                numbers: 0,
                waiting: VecDeque::new(),
            }))
        }
    }

    /// Asks for one of `permits`, and joins the queue if none is free and fewer than `waiters` wait.
    pub(super) fn ask(&self, permits: u32, waiters: u32) -> Asked {
        let mut state = lock(&self.0);
        if state.held < permits {
            // If a permit is free, nobody waits.
            state.held += 1;
            return Asked::Permit;
        }
        if state.waiting.len() >= waiters as usize {
            return Asked::Full;
        }
        let number = state.numbers;
        state.numbers += 1;
        let waker = None;
        state.waiting.push_back(Queued { number, waker });
        Asked::Waits(number)
    }

    /// Whether this waiter has a permit now. If not, its waker is woken once it has.
    pub(super) fn is_granted(&self, number: u64, waker: &Waker) -> bool {
        let (granted, _before) = {
            let mut state = lock(&self.0);
            match state.waiter(number) {
                Some(waiter) if waiter.is_woken_by(waker) => (false, None),
                Some(waiter) => (false, waiter.waker.replace(waker.clone())),
                None => (true, None),
            }
        };
        granted
    }

    /// This waiter leaves, and returns the permit that it may have been granted.
    pub(super) fn leave(&self, number: u64) {
        let waiter = {
            let mut state = lock(&self.0);
            let place = state.place(number);
            place.and_then(|place| state.waiting.remove(place))
        };
        if waiter.is_none() {
            self.give_back();
        }
    }

    /// Returns a permit, which goes to the first waiter.
    pub(super) fn give_back(&self) {
        let first = {
            let mut state = lock(&self.0);
            let first = state.waiting.pop_front();
            if first.is_none() {
                state.held -= 1;
            }
            first
        };
        if let Some(waker) = first.and_then(|first| first.waker) {
            waker.wake();
        }
    }

    /// How many permits are held, and how many waiters there are.
    pub(super) fn counts(&self) -> (u32, usize) {
        let state = lock(&self.0);
        (state.held, state.waiting.len())
    }
}

impl Line {
    fn place(&self, number: u64) -> Option<usize> {
        self.waiting
            .binary_search_by_key(&number, |waiter| waiter.number)
            .ok()
    }

    fn waiter(&mut self, number: u64) -> Option<&mut Queued> {
        let place = self.place(number)?;
        self.waiting.get_mut(place)
    }
}

impl Queued {
    fn is_woken_by(&self, waker: &Waker) -> bool {
        let held = self.waker.as_ref();
        held.is_some_and(|held| held.will_wake(waker))
    }
}
