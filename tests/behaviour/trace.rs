//! What a function does, as a list of events: steps, conditions, `next()` calls, births, drops.

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::time::Duration;

use guard_runtime::testing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// The first statement of a loop's body.
    Step,
    Condition(bool),
    Next(Option<u32>),
    Born(u32),
    Dropped(u32),
    Note(u32),
}

/// Unwinds out of a [`Log::fused`] run.
pub(crate) struct Fuse;

pub(crate) struct Log {
    events: RefCell<Vec<Event>>,
    steps: Cell<u64>,
    fuse: u64,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self::fused(u64::MAX)
    }

    /// Unwinds with a [`Fuse`] in place of the step after `steps` of them: what an exact guard does.
    pub(crate) fn fused(steps: u64) -> Self {
        Self {
            events: RefCell::default(),
            steps: Cell::new(0),
            fuse: steps,
        }
    }

    fn push(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }

    /// The first statement of every loop's body; takes a nanosecond of the test clock.
    pub(crate) fn step(&self) {
        if self.steps.get() == self.fuse {
            resume_unwind(Box::new(Fuse));
        }
        self.steps.set(self.steps.get() + 1);
        self.push(Event::Step);
        testing::advance(Duration::from_nanos(1));
    }

    pub(crate) fn condition(&self, value: bool) -> bool {
        self.push(Event::Condition(value));
        value
    }

    pub(crate) fn note(&self, what: u32) {
        self.push(Event::Note(what));
    }

    /// A value that logs its drop.
    pub(crate) fn value(&self, id: u32) -> Value<'_> {
        self.push(Event::Born(id));
        Value { log: self, id }
    }

    /// An iterator over the values `0..len` that logs every `next()`, and its drop as `1000 + len`.
    pub(crate) fn source(&self, len: u32) -> Source<'_> {
        Source {
            all: self.value(1000 + len),
            next: 0,
            len,
        }
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps.get()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.borrow().clone()
    }
}

pub(crate) struct Value<'l> {
    log: &'l Log,
    pub(crate) id: u32,
}

impl Value<'_> {
    /// A source whose values the receiver outlives.
    pub(crate) fn source(&self, len: u32) -> Source<'_> {
        self.log.source(len)
    }
}

impl Drop for Value<'_> {
    fn drop(&mut self) {
        self.log.push(Event::Dropped(self.id));
    }
}

pub(crate) struct Source<'l> {
    all: Value<'l>,
    next: u32,
    len: u32,
}

impl<'l> Iterator for Source<'l> {
    type Item = Value<'l>;

    fn next(&mut self) -> Option<Value<'l>> {
        let id = (self.next < self.len).then_some(self.next);
        self.all.log.push(Event::Next(id));
        self.next += 1;
        id.map(|id| self.all.log.value(id))
    }
}
