//! A list of scopes that wait, and their alarms: everything takes the same time however many there are.
//!
//! Entries stay where they are, and are found by their index. Those whose alarms ring together are
//! linked; an alarm whose last entry has gone stays until its time, since the next scope with the same
//! budget will often want it.

use std::collections::BTreeMap;
use std::mem;
use std::task::Waker;

use crate::base::site::Site;
use crate::stack::slot::Saved;

/// Never rings.
pub(crate) const NEVER: u64 = u64::MAX;

/// No entry.
pub(crate) const NONE: u32 = u32::MAX;

/// An empty list gives back the room for more entries than that.
const ROOM: usize = 1024;

/// What others may know of a scope that waits.
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) site: &'static Site,
    pub(crate) saved: Saved,
}

pub(crate) struct Entry {
    number: u64,
    /// None if the entry is free.
    site: Option<&'static Site>,
    pub(crate) saved: Saved,
    /// The alarm; [`NEVER`] as well when it has rung.
    at: u64,
    waker: Option<Waker>,
    /// Of the same alarm, or the next free one.
    next: u32,
    previous: u32,
    /// It is being polled, and on the stack of a thread.
    pub(crate) running: bool,
}

impl Entry {
    /// Whether it is this one that will be woken then.
    pub(crate) fn has(&self, at: u64, waker: &Waker) -> bool {
        let same = |held: &Waker| held.will_wake(waker);
        self.at == at && self.waker.as_ref().is_some_and(same)
    }
}

pub(crate) struct List {
    entries: Vec<Entry>,
    /// The first free one.
    free: u32,
    /// How many are not.
    used: usize,
    /// How many there ever were.
    added: u64,
    /// The first entry of each.
    alarms: BTreeMap<u64, u32>,
    /// How many entries have one.
    set: usize,
}

impl List {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            free: NONE,
            used: 0,
            added: 0,
            alarms: BTreeMap::new(),
            set: 0,
        }
    }

    /// Adds a scope that waits; for the alarm it has, see [`set`](Self::set).
    pub(crate) fn add(&mut self, site: &'static Site, saved: Saved) -> u32 {
        let entry = Entry {
            number: self.added,
            site: Some(site),
            saved,
            at: NEVER,
            waker: None,
            next: NONE,
            previous: NONE,
            running: false,
        };
        self.added += 1;
        self.used += 1;
        let index = self.free;
        if let Some(free) = self.entries.get_mut(index as usize) {
            self.free = free.next;
            *free = entry;
            return index;
        }
        self.entries.push(entry);
        u32::try_from(self.entries.len() - 1)
            .unwrap_or_else(|_| unreachable!("no memory holds so many"))
    }

    #[inline]
    pub(crate) fn entry(&mut self, index: u32) -> &mut Entry {
        &mut self.entries[index as usize]
    }

    /// Sets an entry's alarm. Returns the waker it had.
    pub(crate) fn set(&mut self, index: u32, at: u64, waker: Waker) -> Option<Waker> {
        self.unlink(index);
        let head = self.alarms.entry(at).or_insert(NONE);
        let next = mem::replace(head, index);
        self.set += 1;
        if let Some(next) = self.entries.get_mut(next as usize) {
            next.previous = index;
        }
        let entry = self.entry(index);
        (entry.at, entry.next, entry.previous) = (at, next, NONE);
        entry.waker.replace(waker)
    }

    fn unlink(&mut self, index: u32) {
        let entry = self.entry(index);
        let at = mem::replace(&mut entry.at, NEVER);
        if at == NEVER {
            return;
        }
        let (next, previous) = (entry.next, entry.previous);
        self.set -= 1;
        if let Some(next) = self.entries.get_mut(next as usize) {
            next.previous = previous;
        }
        match self.entries.get_mut(previous as usize) {
            Some(previous) => previous.next = next,
            None => {
                self.alarms.insert(at, next);
            }
        }
    }

    /// Removes a scope. Returns the waker it had.
    pub(crate) fn remove(&mut self, index: u32) -> Option<Waker> {
        self.unlink(index);
        let free = self.free;
        let entry = self.entry(index);
        (entry.site, entry.next) = (None, free);
        let waker = entry.waker.take();
        self.free = index;
        self.used -= 1;
        if self.used == 0 && self.entries.len() > ROOM {
            (self.entries, self.free) = (Vec::new(), NONE);
        }
        waker
    }

    /// Takes the wakers of alarms before `now`, `most` at a time; the time of the first alarm that
    /// is left.
    pub(crate) fn ring(&mut self, now: u64, most: usize, rung: &mut Vec<Waker>) -> u64 {
        while let Some(mut first) = self.alarms.first_entry() {
            let (at, index) = (*first.key(), *first.get());
            let Some(entry) = self.entries.get_mut(index as usize) else {
                first.remove();
                continue;
            };
            if at >= now || rung.len() == most {
                return at;
            }
            // The others of this alarm come first now; what is before them is never asked for.
            *first.get_mut() = entry.next;
            entry.at = NEVER;
            rung.extend(entry.waker.take());
            self.set -= 1;
            let next = entry.next;
            if let Some(next) = self.entries.get_mut(next as usize) {
                next.previous = NONE;
            }
        }
        NEVER
    }

    /// Whether an alarm is set.
    pub(crate) fn has_alarms(&self) -> bool {
        self.set != 0
    }

    /// All that wait and are not being polled.
    pub(crate) fn records(&self) -> impl Iterator<Item = Record> {
        let waiting = self.entries.iter().filter(|entry| !entry.running);
        waiting.filter_map(|entry| {
            Some(Record {
                number: entry.number,
                site: entry.site?,
                saved: entry.saved,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::{List, NEVER};
    use crate::base::site::Site;
    use crate::stack::slot::Saved;

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

    fn ring(list: &mut List, now: u64, most: usize) -> (usize, u64) {
        let mut rung = Vec::new();
        let next = list.ring(now, most, &mut rung);
        (rung.len(), next)
    }

    #[test]
    fn what_is_before_now_rings_once() {
        let (mut list, _) = list(&[20, 10, 20, 30, 10, 10]);
        assert_eq!(ring(&mut list, 10, 9), (0, 10));
        assert_eq!(ring(&mut list, 21, 2), (2, 10));
        assert_eq!(ring(&mut list, 21, 2), (2, 20));
        assert_eq!(ring(&mut list, 21, 2), (1, 30));
        assert!(list.has_alarms());
        assert_eq!(ring(&mut list, 31, 2), (1, NEVER));
        assert!(!list.has_alarms());
    }

    #[test]
    fn what_is_removed_or_set_anew_does_not_ring() {
        // The last of an alarm is its first entry: the head, the middle and the end of a list.
        for gone in 0..3 {
            let (mut list, indices) = list(&[10, 10, 10]);
            assert!(list.remove(indices[gone]).is_some());
            assert_eq!(list.records().count(), 2);
            assert_eq!(ring(&mut list, 11, 9), (2, NEVER));

            let (mut list, indices) = self::list(&[10, 10, 10]);
            let before = list.set(indices[gone], 20, Waker::noop().clone());
            assert!(before.is_some());
            assert_eq!(ring(&mut list, 11, 9), (2, 20));
            assert_eq!(ring(&mut list, 21, 9), (1, NEVER));
        }
    }

    #[test]
    fn a_part_that_has_rung_does_not_disturb_the_rest() {
        let (mut list, indices) = list(&[10, 10, 10, 10]);
        assert_eq!(ring(&mut list, 11, 2), (2, 10));
        for index in indices {
            list.remove(index);
        }
        assert_eq!(ring(&mut list, 11, 9), (0, NEVER));
        assert!(!list.has_alarms());
        assert_eq!(list.records().count(), 0);
    }

    #[test]
    fn entries_are_used_again_under_another_number() {
        let (mut list, indices) = list(&[10, 20]);
        list.remove(indices[0]);
        assert_eq!(list.add(&SITE, Saved::from_parts([4, 5, 6])), indices[0]);
        let numbers: Vec<_> = list.records().map(|record| record.number).collect();
        assert_eq!(numbers, [2, 1]);
        // The alarm of the one before is nobody's.
        assert_eq!(ring(&mut list, 11, 9), (0, 20));
    }

    #[test]
    fn an_empty_list_gives_its_room_back() {
        let (mut list, indices) = list(&vec![10; 3 * super::ROOM]);
        for index in indices {
            list.remove(index);
        }
        assert_eq!(list.entries.capacity(), 0);
        assert_eq!(ring(&mut list, 5, 9), (0, NEVER));
    }
}
