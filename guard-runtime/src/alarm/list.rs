//! A list of scopes that wait, and their alarms. No operation takes longer when there are more of them.
//!
//! Waiters never move, and are found by their index. Waiters whose alarms fire together are linked, from a head that
//! each of them knows. An alarm whose last waiter is gone stays until its time, because the next scope with the same
//! budget will often use it.

use std::collections::BTreeMap;
use std::mem;
use std::task::Waker;

use crate::alarm::blocks::Blocks;
use crate::base::site::Site;
use crate::stack::frame::Saved;

/// The time of an alarm that never fires.
pub(crate) const NEVER: u64 = u64::MAX;

/// The index that stands for no waiter.
pub(crate) const NONE: u32 = u32::MAX;

/// An empty list frees its memory if it has held more waiters than this.
const ROOM: usize = 1024;

/// A waiting scope, as others see it.
#[derive(Clone, Copy)]
pub(crate) struct WaitingScope {
    pub(crate) number: u64,
    pub(crate) site: &'static Site,
    pub(crate) saved: Saved,
}

pub(crate) struct Waiter {
    number: u64,
    /// `None` if the place is free, or if the waiter is no scope but an alarm alone.
    pub(crate) site: Option<&'static Site>,
    pub(crate) saved: Saved,
    /// The time of its alarm; [`NEVER`] if it has none, or if that has fired.
    at: u64,
    waker: Option<Waker>,
    /// The next waiter of the same alarm, or the next free place.
    next: u32,
    previous: u32,
    /// The head of its alarm's waiters.
    head: u32,
    /// Whether it is being polled, and is therefore on the stack of a thread.
    pub(crate) running: bool,
    /// Whether it was woken by its alarm and has not been polled since.
    fired: bool,
}

impl Waiter {
    /// Whether this waker will be woken at that time.
    pub(crate) fn has(&self, at: u64, waker: &Waker) -> bool {
        let same = |held: &Waker| held.will_wake(waker);
        self.at == at && self.waker.as_ref().is_some_and(same)
    }

    fn scope(&self) -> Option<WaitingScope> {
        Some(WaitingScope {
            number: self.number,
            site: self.site?,
            saved: self.saved,
        })
    }
}

/// The first waiter of each alarm.
struct Heads {
    firsts: Vec<u32>,
    /// Those that belong to no alarm.
    free: Vec<u32>,
}

impl Heads {
    /// A head without a waiter.
    fn add(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.firsts.push(NONE);
            u32::try_from(self.firsts.len() - 1)
                .unwrap_or_else(|_| unreachable!("no memory holds so many"))
        })
    }

    fn first(&mut self, head: u32) -> &mut u32 {
        &mut self.firsts[head as usize]
    }
}

pub(crate) struct List {
    waiters: Blocks<Waiter>,
    /// The first free place.
    free: u32,
    /// How many places are in use.
    used: usize,
    /// How many waiters were ever added.
    added: u64,
    /// The head of each alarm's waiters.
    alarms: BTreeMap<u64, u32>,
    /// The alarm that was set last, and its head.
    last: (u64, u32),
    heads: Heads,
    /// How many waiters have an alarm.
    set: usize,
    /// How many were woken by their alarm and have not been polled since.
    fired: usize,
}

impl List {
    pub(crate) const fn new() -> Self {
        Self {
            waiters: Blocks::new(),
            free: NONE,
            used: 0,
            added: 0,
            alarms: BTreeMap::new(),
            last: (NEVER, NONE),
            heads: Heads {
                firsts: Vec::new(),
                free: Vec::new(),
            },
            set: 0,
            fired: 0,
        }
    }

    /// Adds a waiting scope, without an alarm. Returns its index.
    pub(crate) fn add(&mut self, site: &'static Site, saved: Saved) -> u32 {
        self.insert(Some(site), saved)
    }

    /// Adds an alarm that belongs to no scope. Returns its index.
    pub(crate) fn add_alone(&mut self) -> u32 {
        self.insert(None, Saved::default())
    }

    fn insert(&mut self, site: Option<&'static Site>, saved: Saved) -> u32 {
        let waiter = Waiter {
            number: self.added,
            site,
            saved,
            at: NEVER,
            waker: None,
            next: NONE,
            previous: NONE,
            head: NONE,
            running: false,
            fired: false,
        };
        self.added += 1;
        self.used += 1;
        let index = self.free;
        if let Some(free) = self.waiters.get_mut(index) {
            self.free = free.next;
            *free = waiter;
            return index;
        }
        self.waiters.push(waiter)
    }

    #[inline]
    pub(crate) fn waiter(&mut self, index: u32) -> &mut Waiter {
        self.waiters.at(index)
    }

    /// Marks a waiter as being polled.
    #[inline]
    pub(crate) fn poll(&mut self, index: u32) -> &mut Waiter {
        self.forget_fired(index);
        let waiter = self.waiter(index);
        waiter.running = true;
        waiter
    }

    #[inline]
    fn forget_fired(&mut self, index: u32) {
        let fired = mem::take(&mut self.waiter(index).fired);
        self.fired -= usize::from(fired);
    }

    /// Sets a waiter's alarm. Returns the waker it had.
    pub(crate) fn set(&mut self, index: u32, at: u64, waker: Waker) -> Option<Waker> {
        self.unlink(index);
        if self.last.0 != at {
            let heads = &mut self.heads;
            self.last = (at, *self.alarms.entry(at).or_insert_with(|| heads.add()));
        }
        let head = self.last.1;
        let next = mem::replace(self.heads.first(head), index);
        self.set += 1;
        if let Some(next) = self.waiters.get_mut(next) {
            next.previous = index;
        }
        let waiter = self.waiter(index);
        (waiter.at, waiter.head) = (at, head);
        (waiter.next, waiter.previous) = (next, NONE);
        waiter.waker.replace(waker)
    }

    fn unlink(&mut self, index: u32) {
        let waiter = self.waiter(index);
        let at = mem::replace(&mut waiter.at, NEVER);
        if at == NEVER {
            return;
        }
        let (next, previous, head) = (waiter.next, waiter.previous, waiter.head);
        self.set -= 1;
        if let Some(next) = self.waiters.get_mut(next) {
            next.previous = previous;
        }
        match self.waiters.get_mut(previous) {
            Some(previous) => previous.next = next,
            None => *self.heads.first(head) = next,
        }
    }

    /// Removes a scope. Returns the waker it had.
    pub(crate) fn remove(&mut self, index: u32) -> Option<Waker> {
        self.unlink(index);
        self.forget_fired(index);
        let free = self.free;
        let waiter = self.waiter(index);
        (waiter.site, waiter.next) = (None, free);
        let waker = waiter.waker.take();
        self.free = index;
        self.used -= 1;
        if self.used == 0 && self.waiters.len() > ROOM {
            (self.waiters, self.free) = (Blocks::new(), NONE);
        }
        waker
    }

    /// Takes the wakers of alarms before `now`, at most `most`. Returns the time of the first alarm that is left.
    pub(crate) fn fire(&mut self, now: u64, most: usize, fired: &mut Vec<Waker>) -> u64 {
        while let Some(first) = self.alarms.first_entry() {
            let (at, head) = (*first.key(), *first.get());
            let index = *self.heads.first(head);
            let Some(waiter) = self.waiters.get_mut(index) else {
                first.remove();
                self.heads.free.push(head);
                if self.last.0 == at {
                    self.last = (NEVER, NONE);
                }
                continue;
            };
            if at >= now || fired.len() == most {
                return at;
            }
            // The next waiter of this alarm becomes its first; the `previous` of a first waiter is never read.
            *self.heads.first(head) = waiter.next;
            waiter.at = NEVER;
            fired.extend(waiter.waker.take());
            if !waiter.running && waiter.site.is_some() {
                waiter.fired = true;
                self.fired += 1;
            }
            self.set -= 1;
            let next = waiter.next;
            if let Some(next) = self.waiters.get_mut(next) {
                next.previous = NONE;
            }
        }
        NEVER
    }

    /// Whether an alarm is set.
    pub(crate) fn has_alarms(&self) -> bool {
        self.set != 0
    }

    /// Whether any scope was woken by its alarm and has not been polled since.
    pub(crate) fn has_fired(&self) -> bool {
        self.fired != 0
    }

    /// Those scopes.
    pub(crate) fn fired(&self) -> impl Iterator<Item = WaitingScope> {
        let fired = self.waiters.iter().filter(|waiter| waiter.fired);
        fired.filter_map(Waiter::scope)
    }

    /// All scopes that wait and are not being polled.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = WaitingScope> {
        let waiting = self.waiters.iter().filter(|waiter| !waiter.running);
        waiting.filter_map(Waiter::scope)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::{List, NEVER};
    use crate::base::site::Site;
    use crate::stack::frame::Saved;

    static SITE: Site = Site::new("a list", "list.rs", 1, 1);

    fn list(alarms: &[u64]) -> (List, Vec<u32>) {
        let mut list = List::new();
        let saved = Saved::from_parts([1, 2, 3]);
        let indices = alarms.iter().map(|at| {
            let index = list.add(&SITE, saved);
            assert!(list.set(index, *at, Waker::noop().clone()).is_none());
            index
        });
        let indices = indices.collect();
        (list, indices)
    }

    fn fire(list: &mut List, now: u64, most: usize) -> (usize, u64) {
        let mut fired = Vec::new();
        let next = list.fire(now, most, &mut fired);
        (fired.len(), next)
    }

    #[test]
    fn what_is_before_now_fires_once() {
        let (mut list, _) = list(&[20, 10, 20, 30, 10, 10]);
        assert_eq!(fire(&mut list, 10, 9), (0, 10));
        assert_eq!(fire(&mut list, 21, 2), (2, 10));
        assert_eq!(fire(&mut list, 21, 2), (2, 20));
        assert_eq!(fire(&mut list, 21, 2), (1, 30));
        assert!(list.has_alarms());
        assert_eq!(fire(&mut list, 31, 2), (1, NEVER));
        assert!(!list.has_alarms());
    }

    #[test]
    fn what_is_removed_or_set_anew_does_not_fire() {
        // Removes the head, the middle and the end of the linked waiters. The last one added is the head.
        for gone in 0..3 {
            let (mut list, indices) = list(&[10, 10, 10]);
            assert!(list.remove(indices[gone]).is_some());
            assert_eq!(list.waiting().count(), 2);
            assert_eq!(fire(&mut list, 11, 9), (2, NEVER));

            let (mut list, indices) = self::list(&[10, 10, 10]);
            let before = list.set(indices[gone], 20, Waker::noop().clone());
            assert!(before.is_some());
            assert_eq!(fire(&mut list, 11, 9), (2, 20));
            assert_eq!(fire(&mut list, 21, 9), (1, NEVER));
        }
    }

    #[test]
    fn a_part_that_has_fired_does_not_disturb_the_rest() {
        let (mut list, indices) = list(&[10, 10, 10, 10]);
        assert_eq!(fire(&mut list, 11, 2), (2, 10));
        for index in indices {
            list.remove(index);
        }
        assert_eq!(fire(&mut list, 11, 9), (0, NEVER));
        assert!(!list.has_alarms());
        assert_eq!(list.waiting().count(), 0);
    }

    #[test]
    fn who_was_woken_and_is_not_polled_is_known_until_it_is_or_is_gone() {
        let (mut list, indices) = list(&[10, 10, 20]);
        assert!(!list.has_fired());
        assert_eq!(fire(&mut list, 11, 9), (2, 20));
        assert_eq!(list.fired().count(), 2);
        list.poll(indices[0]).running = false;
        list.remove(indices[1]);
        assert!(!list.has_fired() && list.fired().next().is_none());
        list.poll(indices[2]);
        assert_eq!(fire(&mut list, 21, 9), (1, NEVER));
        assert!(!list.has_fired(), "it is being polled");
    }

    #[test]
    fn waiters_are_used_again_under_another_number() {
        let (mut list, indices) = list(&[10, 20]);
        list.remove(indices[0]);
        assert_eq!(list.add(&SITE, Saved::from_parts([4, 5, 6])), indices[0]);
        let numbers: Vec<_> = list.waiting().map(|scope| scope.number).collect();
        assert_eq!(numbers, [2, 1]);
        // Nobody waits for the earlier alarm any more.
        assert_eq!(fire(&mut list, 11, 9), (0, 20));
    }

    #[test]
    fn an_alarm_that_is_over_leaves_its_head_to_the_next_one() {
        let (mut list, indices) = list(&[10, 10]);
        for at in 11..99 {
            assert_eq!(fire(&mut list, at, 9).1, NEVER);
            // The same time again, after its alarm is gone, and the next one.
            for (index, at) in [(indices[0], at - 1), (indices[1], at)] {
                list.set(index, at, Waker::noop().clone());
            }
            assert_eq!(fire(&mut list, at, 9), (1, at));
            assert_eq!(
                list.heads.firsts.len(),
                2,
                "one is free, or both are in use"
            );
        }
    }

    #[test]
    fn an_empty_list_gives_its_room_back() {
        let (mut list, indices) = list(&vec![10; 3 * super::ROOM]);
        for index in indices {
            list.remove(index);
        }
        assert_eq!(list.waiters.len(), 0);
        assert_eq!(fire(&mut list, 5, 9), (0, NEVER));
    }
}
