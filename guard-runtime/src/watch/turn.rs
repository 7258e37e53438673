//! The watchdog's part of a tick.

use core::time::Duration;

use std::sync::Mutex;

use crate::alarm::alarms;
use crate::alarm::list::WaitingScope;
use crate::base::layout::WALL;
use crate::base::lock::lock;
use crate::base::options::OnOverdue;
use crate::base::reentry;
use crate::base::site::Site;
#[cfg(feature = "metrics")]
use crate::metrics::ledger;
use crate::stack::frames::Stack;
use crate::stack::lease;
use crate::stack::witness::{APART, Overdue};
use crate::time::clock;
use crate::time::epoch::EPOCH;
use crate::trip::event::Event;
use crate::trip::hook;
use crate::trip::why::Why;
use crate::watch::blocked::{self, Poll, Polls};
use crate::watch::kernel::{Sample, judge};
use crate::watch::recover;
use crate::watch::scan::{Finding, Holder, Id, Late, Watch};

/// Foreign code that keeps the ticker from ticking for longer than this is reported.
const LONG: Duration = Duration::from_millis(100);

struct Watchdog {
    watch: Watch,
    /// Samples of threads that may be overdue by the next scan.
    samples: Vec<(Id, Sample)>,
    polls: Polls,
    /// Why each reported scope hangs.
    causes: Vec<(Id, Why)>,
    /// When the next scan is wanted; [`u64::MAX`] for whenever a tick comes.
    next: u64,
}

static STATE: Mutex<Watchdog> = Mutex::new(Watchdog {
    watch: Watch::new(),
    samples: Vec::new(),
    polls: Polls::new(),
    causes: Vec::new(),
    next: u64::MAX,
});

/// Scans if it is time to. Returns when the next tick is wanted; [`u64::MAX`] if none is.
pub(crate) fn turn(now: u64) -> u64 {
    let mut state = lock(&STATE);
    if !state.watch.is_time(now) {
        return state.next;
    }
    let told = reentry::bar(|| {
        let (late, stacks) = late(now);
        let (findings, next) = state.watch.scan(&late, now);
        state.next = next;
        let mut told = state.judge(&findings, &late, &stacks, now);
        if let Some(limit) = blocked::limit() {
            let polls = state.polls.scan(&polls(), limit, now);
            told.extend(polls.into_iter().filter_map(blocked_poll));
        }
        told
    });
    let next = state.next;
    drop(state);
    // The hook is user code, called with no lock held.
    for told in told {
        let begun = clock::real();
        match told {
            Told::Event(event, what) => {
                hook::report(&event);
                if what == OnOverdue::Abort {
                    hook::line(&format_args!(
                        "{event}; aborts, as `on_overdue = \"abort\"` says"
                    ));
                    std::process::abort();
                }
            }
            Told::Gone(scope) => recover::report(scope, now),
        }
        complain("the hook", clock::real().saturating_sub(begun));
    }
    next
}

/// Whether a scan has to come even if nothing is open.
pub(crate) fn is_pending() -> bool {
    lock(&STATE).watch.reported().next().is_some()
}

/// Whether a scope is overdue that only a restart of the process would end.
pub(crate) fn wants_restart() -> bool {
    let state = lock(&STATE);
    let mut sites = state.watch.reported().map(|id| Site::by_id(id.site));
    sites.any(|site| site.does_on_overdue() == OnOverdue::Restart)
}

/// The scopes that, as far as is known, are overdue, and why.
pub(crate) fn causes() -> Vec<(Id, Why)> {
    lock(&STATE).causes.clone()
}

/// Reports that foreign code ran on the ticker's thread for this many nanoseconds, during which no check learned
/// the time.
pub(crate) fn complain(whose: &str, nanos: u64) {
    let took = Duration::from_nanos(nanos);
    if took > LONG {
        hook::line(&format_args!(
            "loop guard: {whose} held up the ticker for {took:.1?}; deadlines were noticed late"
        ));
    }
}

enum Told {
    Event(Event, OnOverdue),
    Gone(Overdue),
}

/// The scopes that are past their deadline, and the stacks on which they are, by number.
fn late(now: u64) -> (Vec<Late>, Vec<(usize, &'static Stack)>) {
    let (mut late, mut stacks) = (Vec::new(), Vec::new());
    lease::each_busy(|number, stack| {
        if !stack.may_be_late(&EPOCH, now) {
            return;
        }
        let looked = stack.looked();
        if looked == APART {
            return;
        }
        for (index, (site, saved)) in (0..).zip(stack.read()) {
            let (due, settled) = saved.deadline(&EPOCH);
            if site & WALL == 0 && settled && due < now && !Site::by_id(site).is_off() {
                let id = Id {
                    holder: Holder::Stack(number),
                    index,
                    site,
                    due,
                };
                late.push(Late {
                    id,
                    limit: saved.limit,
                    looked,
                });
            }
        }
        stacks.push((number, stack));
    });
    let fired = alarms::fired();
    late.extend(fired.iter().filter_map(|scope| unpolled(scope, now)));
    (late, stacks)
}

/// The scope of a future that waits.
pub(crate) fn task(scope: &WaitingScope) -> Id {
    Id {
        holder: Holder::Task(scope.number),
        index: 0,
        site: scope.site.id(),
        due: scope.saved.deadline(&EPOCH).0,
    }
}

/// A future that was woken at the time `due` of its own scope and has not been polled since. If a runtime's timer
/// wakes it, that runtime's clock counts, and the future is not judged.
fn unpolled(scope: &WaitingScope, now: u64) -> Option<Late> {
    let (due, settled) = scope.saved.deadline(&EPOCH);
    let is_late = settled && due < now && !scope.site.is_off();
    is_late.then(|| Late {
        id: task(scope),
        limit: scope.saved.limit,
        looked: 0,
    })
}

/// The polls of guarded futures that are in progress.
fn polls() -> Vec<Poll> {
    let mut polls = Vec::new();
    lease::each_busy(|number, stack| {
        // Read the number first: a poll that ends meanwhile then differs from the poll at the next scan.
        let begun = stack.witness.polls();
        let is_future = |(site, _): &(u32, _)| site & WALL == 0 && Site::by_id(*site).is_future();
        if let Some((site, _)) = stack.read().into_iter().find(is_future) {
            polls.push(Poll {
                stack: number,
                number: begun,
                site,
            });
        }
    });
    polls
}

fn blocked_poll((poll, blocked): (Poll, u64)) -> Option<Told> {
    let (stack, site) = (lease::by_number(poll.stack)?, Site::by_id(poll.site));
    let event = Event::BlockedPoll {
        scope: site.name(),
        location: site.location(),
        thread: lease::thread_name(stack),
        blocked: Duration::from_nanos(blocked),
        looked: stack.witness.at().map(|at| at.location()),
    };
    Some(Told::Event(event, OnOverdue::Report))
}

impl Watchdog {
    fn judge(
        &mut self,
        findings: &[Finding],
        late: &[Late],
        stacks: &[(usize, &'static Stack)],
        now: u64,
    ) -> Vec<Told> {
        let reported: Vec<_> = self.watch.reported().collect();
        self.causes.retain(|(id, _)| reported.contains(id));
        let before = core::mem::take(&mut self.samples);
        let stack = |id: Id| {
            let found = stacks
                .iter()
                .find(|(number, _)| Holder::Stack(*number) == id.holder);
            found.map(|(_, stack)| *stack)
        };
        let sample = |id| {
            let thread = stack(id)?.witness.thread()?;
            Sample::take(thread, now)
        };
        let first = |id| before.iter().find(|(other, _)| *other == id);
        let mut told = Vec::new();
        for finding in findings {
            match *finding {
                Finding::Suspect(id) => {
                    // The earlier sample tells more: a scan may come soon after the previous one.
                    let known = first(id).map(|(_, sample)| sample.clone());
                    let sample = known.or_else(|| sample(id));
                    self.samples.extend(sample.map(|sample| (id, sample)));
                }
                Finding::Overdue { id, late: by } => {
                    let Some(scope) = late.iter().find(|late| late.id == id) else {
                        continue;
                    };
                    let samples = first(id).zip(sample(id));
                    #[cfg(feature = "metrics")]
                    if !self.causes.iter().any(|(other, _)| *other == id) {
                        ledger::overdue(Site::by_id(id.site).name());
                    }
                    let why = match (id.holder, samples) {
                        (Holder::Task(_), _) => Why::Unpolled,
                        (_, Some(((_, first), second))) => judge(first, &second),
                        _ => Why::Unknown,
                    };
                    self.causes.retain(|(other, _)| *other != id);
                    self.causes.push((id, why.clone()));
                    if let Some(stack) = stack(id) {
                        stack.witness.add_overdue(overdue(id));
                    }
                    let what = Site::by_id(id.site).does_on_overdue();
                    told.push(Told::Event(event(scope, by, stack(id), why), what));
                }
                Finding::Gone(id) => {
                    let untold = match id.holder {
                        Holder::Stack(number) => lease::by_number(number)
                            .is_some_and(|stack| stack.witness.take_one(overdue(id))),
                        Holder::Task(_) => true,
                    };
                    if untold {
                        told.push(Told::Gone(overdue(id)));
                    }
                }
            }
        }
        told
    }
}

fn overdue(
    Id {
        index, site, due, ..
    }: Id,
) -> Overdue {
    Overdue { site, index, due }
}

fn event(scope: &Late, late: u64, stack: Option<&Stack>, why: Why) -> Event {
    let site = Site::by_id(scope.id.site);
    // A check from before the scope opened says nothing about it.
    let opened = scope.id.due.saturating_sub(scope.limit);
    let looked = stack.and_then(|stack| {
        let looked = stack.witness.at();
        looked.filter(|_| stack.witness.looked() >= opened)
    });
    let thread = match (scope.id.holder, stack) {
        (Holder::Task(number), _) => format!("task {number}"),
        (_, Some(stack)) => lease::thread_name(stack),
        (_, None) => "that ends".to_owned(),
    };
    Event::Overdue {
        scope: site.name(),
        location: site.location(),
        thread,
        late: Duration::from_nanos(late),
        looked: looked.map(|at| at.location()),
        why,
    }
}
