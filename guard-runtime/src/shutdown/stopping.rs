//! Runs the plan: one thread that waits, and one for each node.

use core::time::Duration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Instant;

use super::last::{EXIT, FLUSH, Flushing, end_process};
use super::plan::{Plan, Start};
use super::report::{Outcome, Reason, Report, Row};
use super::state::{Ended, Inner, ShutdownState, Stop};
use super::telling::Teller;
use crate::base::lock::lock;
use crate::budget::limits::Budget;
use crate::trip::hook;

/// The shutdown, from its beginning to its report.
pub(super) fn run(inner: &Arc<Inner>) {
    let state = lock(&inner.state);
    let Some((reason, began)) = state.begun.clone() else {
        return;
    };
    let (grace, lame_duck) = (state.grace(), state.lame_duck);
    let end = grace.saturating_sub(FLUSH);
    drop(state);
    let teller = Teller::new(reason.clone(), began);
    teller.phase("begun");
    inner.flight.wait_while(lame_duck.min(end), |_| true);
    teller.phase("draining");
    let in_flight = drain(inner, began);
    if let Some(row) = &in_flight {
        teller.stopped(row);
    }
    teller.phase("stopping");
    let mut stopping = Stopping {
        inner,
        teller: &teller,
        reason: reason.clone(),
        began,
        plan: Plan::new(end),
        rows: Vec::new(),
    };
    let (flushing, hurried) = stopping.run(end, grace.saturating_sub(EXIT));
    let nodes = stopping.rows();
    let last = if hurried {
        Instant::now().checked_add(FLUSH)
    } else {
        began.checked_add(grace.saturating_sub(EXIT))
    };
    let flushes = flushing.collect(last);
    for row in &flushes {
        teller.stopped(row);
    }
    teller.phase("over");
    let time = last.map_or(FLUSH, |last| {
        last.saturating_duration_since(Instant::now()).min(FLUSH)
    });
    teller.finish(time);
    let report = Report {
        reason,
        took: began.elapsed(),
        in_flight,
        nodes,
        flushes,
    };
    let mut state = lock(&inner.state);
    state.report = Some(report);
    let ends = hurried && state.ends_process;
    drop(state);
    inner.changed.notify_all();
    if ends {
        end_process();
    }
}

/// Waits until the work in flight has ended, or tells it to stop.
fn drain(inner: &Inner, began: Instant) -> Option<Row> {
    let flight = &inner.flight;
    let (at_first, started) = (flight.refuse(), began.elapsed());
    let (plan, asked) = {
        let state = lock(&inner.state);
        (state.plan(), state.drain)
    };
    let budget = plan.drain(asked, started);
    flight.wait_while(budget, |flight| flight.count() > 0);
    let told = flight.count();
    flight.stop();
    if at_first == 0 {
        return None;
    }
    let leave = plan.leave(began.elapsed());
    flight.wait_while(leave, |flight| flight.count() > 0);
    let (took, left) = (began.elapsed().saturating_sub(started), flight.count());
    let outcome = match (told, left) {
        (0, _) => Outcome::Done,
        (_, 0) => Outcome::Cut,
        _ => Outcome::Overran,
    };
    let message = match outcome {
        Outcome::Done => None,
        Outcome::Cut => Some(format!("{told} of {at_first} told to stop")),
        _ => Some(format!(
            "{told} of {at_first} told to stop, {left} still there"
        )),
    };
    Some(Row {
        name: "in flight",
        outcome,
        started,
        budget,
        took: (left == 0).then_some(took),
        message,
    })
}

/// Nodes that are being stopped.
struct Stopping<'i> {
    inner: &'i Arc<Inner>,
    teller: &'i Teller,
    reason: Reason,
    began: Instant,
    plan: Plan,
    rows: Vec<Row>,
}

impl Stopping<'_> {
    /// Runs until all nodes are over, or time is up: flush hooks start at `end` at the latest, and from `stop` on
    /// nothing is waited for.
    fn run(&mut self, end: Duration, stop: Duration) -> (Flushing, bool) {
        let mut flushing = None;
        let mut state = lock(&self.inner.state);
        loop {
            let now = self.began.elapsed();
            self.note(&mut state, now);
            self.launch(&mut state, now);
            let over = self.plan.is_over() || state.hurried;
            if over || now >= end {
                let hooks = core::mem::take(&mut state.flushes);
                flushing.get_or_insert_with(|| {
                    self.teller.phase("flushing");
                    Flushing::start(hooks, now)
                });
            }
            if over || now >= stop {
                break;
            }
            let next = self.plan.next().unwrap_or(stop).min(stop);
            let next = if flushing.is_none() {
                next.min(end)
            } else {
                next
            };
            let wait = self
                .inner
                .changed
                .wait_timeout(state, next.saturating_sub(now));
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        // The remaining nodes are not waited for, but none is skipped.
        while !state.hurried && !self.plan.is_over() {
            self.give_up(Duration::MAX);
            self.launch(&mut state, self.began.elapsed());
        }
        let hurried = state.hurried;
        drop(state);
        let flushing =
            flushing.unwrap_or_else(|| Flushing::start(Vec::new(), self.began.elapsed()));
        (flushing, hurried)
    }

    /// Takes in what has ended, what overran, and what was registered meanwhile.
    fn note(&mut self, state: &mut ShutdownState, now: Duration) {
        for entry in &state.nodes[self.rows.len()..] {
            self.plan.add(entry.planned.clone());
            self.rows.push(Row {
                name: entry.name,
                outcome: Outcome::NotStarted,
                started: Duration::ZERO,
                budget: Duration::ZERO,
                took: None,
                message: None,
            });
        }
        for ended in state.ended.drain(..) {
            if self.plan.finish(ended.node, ended.outcome) {
                let row = &mut self.rows[ended.node];
                (row.took, row.message) = (Some(ended.took), ended.message);
                row.outcome = ended.outcome;
                self.teller.stopped(row);
            }
        }
        self.give_up(now);
    }

    /// Gives up the nodes that are late: they are no longer waited for.
    fn give_up(&mut self, now: Duration) {
        for node in self.plan.give_up(now) {
            self.rows[node].outcome = Outcome::Overran;
            self.teller.stopped(&self.rows[node]);
        }
    }

    /// Starts every node whose users are over.
    fn launch(&mut self, state: &mut ShutdownState, now: Duration) {
        for Start { node, budget } in self.plan.start(now) {
            let row = &mut self.rows[node];
            (row.started, row.budget) = (now, budget);
            let Some(run) = state.nodes[node].run.take() else {
                continue;
            };
            let inner = Arc::clone(self.inner);
            let (name, reason) = (row.name, self.reason.clone());
            let thread = thread::Builder::new().name(format!("shutdown {name}"));
            let stop = move || {
                let ended = stop(node, name, budget, run, &reason);
                lock(&inner.state).ended.push(ended);
                inner.changed.notify_all();
            };
            if let Err(error) = thread.spawn(stop) {
                row.message = Some(format!("no thread: {error}"));
                self.plan.finish(node, Outcome::NotStarted);
            }
        }
    }

    fn rows(mut self) -> Vec<Row> {
        for (node, row) in self.rows.iter_mut().enumerate() {
            row.outcome = self.plan.outcome(node);
        }
        self.rows
    }
}

/// Stops one node, in a scope of its own.
fn stop(node: usize, name: &'static str, budget: Duration, run: Stop, reason: &Reason) -> Ended {
    let start = Instant::now();
    let call = || run(&Budget::timeout(budget).named(name), reason);
    let outcome = catch_unwind(AssertUnwindSafe(call));
    let took = start.elapsed();
    let (outcome, message) = match outcome {
        Ok(Ok(())) if took <= budget => (Outcome::Done, None),
        Ok(Ok(())) => (Outcome::Cut, None),
        Ok(Err(tripped)) => (Outcome::Cut, Some(tripped.to_string())),
        Err(payload) => (Outcome::Panicked, Some(hook::message(&*payload))),
    };
    Ended {
        node,
        outcome,
        took,
        message,
    }
}
