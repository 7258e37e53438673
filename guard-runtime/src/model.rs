//! Loom models of the clock: the code of `epoch.rs`, `ticker.rs` and `stack.rs` itself, in every
//! order in which threads and memory may bring its steps about.
//!
//! ```text
//! RUSTFLAGS="--cfg guard_loom" cargo test -p guard-runtime --release --lib
//! ```
//!
//! Above each model stands what it was seen to catch when the code was changed so.

use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use crate::base::site::Site;
use crate::base::sync::lock;
use crate::stack::frames::{EMPTY, Stack};
use crate::time::epoch::{Epoch, GAP, HEARTBEAT, PARKED};
use crate::time::ticker::{Bell, Ticker, Wake, World};

/// A time without flags, so that it is the word of a tick that begins then.
const NOW: u64 = 1000 * HEARTBEAT;

/// The next word, its flags apart. In each model the ticker sleeps once after it; a wish made with
/// this word in hand has to end that sleep.
const LATER: u64 = NOW + 4;

/// All schedules with at most so many preemptions (`None`: all there are); those that a thread offers
/// are not counted.
fn explore(preemptions: Option<usize>, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.check(model);
}

/// What `park` and `unpark` are in `std`; loom's own make visible more than they promise.
#[derive(Clone)]
struct Token(Arc<(Mutex<bool>, Condvar)>);

impl Token {
    fn new() -> Self {
        Self(Arc::new((Mutex::new(false), Condvar::new())))
    }

    fn park(&self) {
        let (set, changed) = &*self.0;
        let mut set = lock(set);
        while !*set {
            set = changed.wait(set).unwrap();
        }
        *set = false;
    }

    fn take(&self) {
        *lock(&self.0.0) = false;
    }
}

impl Wake for Token {
    fn wake(&self) {
        let (set, changed) = &*self.0;
        *lock(set) = true;
        changed.notify_one();
    }
}

/// Time stands still at [`NOW`]: whoever sleeps longer than he should, sleeps for ever, and loom
/// reports it.
struct Still {
    token: Token,
    stack: Arc<Stack>,
    /// A sleep with an end ends at once. The ticker takes one before it parks, to let stores arrive.
    naps: bool,
}

impl World for Still {
    fn now(&self) -> u64 {
        NOW
    }

    fn any_open(&self) -> bool {
        self.stack.depth() != 0
    }

    fn sleep(&self, nanos: u64) {
        if self.naps && nanos != u64::MAX {
            self.token.take();
        } else {
            self.token.park();
        }
    }
}

/// The process of a model: one that has a ticker, which sleeps by `token`.
#[derive(Clone)]
struct Process {
    epoch: Arc<Epoch>,
    bell: Arc<Bell<Token>>,
    token: Token,
    /// The stack of the one thread that opens a scope.
    stack: Arc<Stack>,
}

impl Process {
    fn new() -> Self {
        let (token, bell) = (Token::new(), Bell::new());
        let epoch = Epoch::new();
        let started = bell.ring(&epoch, u64::MAX, || Some(token.clone()));
        assert!(started);
        Self {
            epoch: Arc::new(epoch),
            bell: Arc::new(bell),
            token,
            stack: Arc::new(Stack::new(EMPTY)),
        }
    }

    fn ticker(&self, naps: bool) -> Ticker<'_, Still> {
        let (token, stack) = (self.token.clone(), self.stack.clone());
        Ticker::new(&self.epoch, Still { token, stack, naps })
    }

    /// A thread with a deadline that is due now, in a loop of checks, `held` what the last one saw.
    fn check(&self, held: u64) {
        self.check_until(held, LATER);
    }

    fn check_until(&self, mut held: u64, last: u64) {
        while held < last {
            while self.epoch.glance() == held {
                thread::yield_now();
            }
            held = self.ask();
        }
    }

    /// The cold path of a check: the word, and the wish for a tick.
    fn ask(&self) -> u64 {
        let word = self.epoch.word();
        assert!(
            self.bell
                .ring(&self.epoch, NOW, || unreachable!("it was started"))
        );
        word
    }
}

/// No deadline is forgotten: a thread asks while the ticker plans its next tick, over the wish.
///
/// Caught: the word published before `next` is planned; the word loaded, or published, relaxed; a
/// request that stores instead of lowering, or wakes only a parked ticker; a sleep that does not read
/// `next` again when woken.
#[test]
fn a_wish_that_a_tick_overwrites_is_made_again() {
    explore(None, || {
        let process = Process::new();
        process.ticker(false).tick();
        let other = process.clone();
        let ticker = thread::spawn(move || {
            let mut ticker = other.ticker(false);
            ticker.tick();
            ticker.sleep();
            ticker.tick();
        });
        process.check(process.ask());
        ticker.join().unwrap();
    });
}

/// A thread opens a scope with a word that it compares with next time, while the ticker parks.
///
/// Caught: a parked ticker that is not woken, or whose parking does not change the word; a request
/// that does not say that it lowered `next`.
#[test]
fn a_scope_that_opens_while_the_ticker_parks_wakes_it() {
    explore(None, || {
        let process = Process::new();
        process.ticker(true).tick();
        let other = process.clone();
        let ticker = thread::spawn(move || {
            let mut ticker = other.ticker(true);
            ticker.park();
            ticker.tick();
        });
        let (lag, word) = process.epoch.entry();
        process.stack.admit(word, Some(lag));
        process.stack.push(EMPTY, 1, u64::MAX);
        let held = if word & PARKED == 0 {
            word
        } else {
            process.ask()
        };
        process.check(held);
        ticker.join().unwrap();
    });
}

/// Two threads that wake the ticker at once, or as it falls asleep.
///
/// Caught: the parked word published before `next` is `MAX`; a ticker that sleeps without looking at
/// `next` after its nap took the token; the word loaded, or published, relaxed.
#[test]
fn two_that_ask_at_once_wake_the_ticker() {
    explore(Some(3), || {
        let process = Process::new();
        process.ticker(true).tick();
        let (one, two) = (process.clone(), process.clone());
        let ticker = thread::spawn(move || {
            let mut ticker = one.ticker(true);
            ticker.park();
            ticker.tick();
        });
        let thread = thread::spawn(move || two.ask());
        let held = process.ask();
        thread.join().unwrap();
        process.check(held);
        ticker.join().unwrap();
    });
}

/// As [`Still`], until it is `over`: from then on, time flies.
struct Ending {
    token: Token,
    over: Arc<AtomicBool>,
    now: AtomicU64,
}

impl World for Ending {
    fn now(&self) -> u64 {
        let step = if self.over.load(Ordering::SeqCst) {
            2 * HEARTBEAT
        } else {
            0
        };
        self.now.fetch_add(step, Ordering::Relaxed) + step
    }

    fn any_open(&self) -> bool {
        true
    }

    fn sleep(&self, _: u64) {
        self.token.park();
    }
}

/// Two threads find no ticker: they start one, and both get their tick from it.
///
/// Caught: a start that does not look again under the lock (two tickers); one that wakes nobody,
/// though the new ticker may have slept before the wish.
#[test]
fn two_that_start_the_ticker_at_once_start_one() {
    explore(Some(3), || {
        let (epoch, bell) = (Arc::new(Epoch::new()), Arc::new(Bell::<Token>::new()));
        let over = Arc::new(AtomicBool::new(false));
        let tickers = Arc::new(Mutex::new(Vec::new()));
        let ask = {
            let (epoch, over, tickers) = (epoch.clone(), over.clone(), tickers.clone());
            move || {
                let held = epoch.word();
                let started = bell.ring(&epoch, NOW, || {
                    let token = Token::new();
                    let world = Ending {
                        token: token.clone(),
                        over: over.clone(),
                        now: AtomicU64::new(NOW),
                    };
                    let (epoch, over) = (epoch.clone(), over.clone());
                    let ticker = thread::spawn(move || {
                        let mut ticker = Ticker::new(&epoch, world);
                        while !over.load(Ordering::SeqCst) {
                            ticker.turn();
                        }
                    });
                    lock(&tickers).push((ticker, token.clone()));
                    Some(token)
                });
                assert!(started);
                held
            }
        };
        let other = thread::spawn(ask.clone());
        let held = ask().max(other.join().unwrap());
        while epoch.glance() <= held {
            thread::yield_now();
        }
        over.store(true, Ordering::SeqCst);
        let mut tickers = core::mem::take(&mut *lock(&tickers));
        let (ticker, token) = tickers.pop().expect("one was started");
        assert!(tickers.is_empty(), "one is enough");
        token.wake();
        ticker.join().unwrap();
    });
}

/// Time that passes: at every reading and in every stall, by much more than a gap may be long.
#[derive(Clone)]
struct Passing(Arc<AtomicU64>);

impl Passing {
    const STEP: u64 = 4 * GAP;

    /// What a clock is: the same for all, and never back. Who reads it has seen what was done before
    /// an earlier reading.
    fn read(&self) -> u64 {
        self.0.fetch_add(0, Ordering::SeqCst)
    }
}

impl World for Passing {
    fn now(&self) -> u64 {
        self.0.fetch_add(Self::STEP, Ordering::SeqCst)
    }

    fn stall(&self) {
        self.0.fetch_add(Self::STEP, Ordering::SeqCst);
    }

    fn any_open(&self) -> bool {
        true
    }

    fn sleep(&self, _: u64) {}
}

/// Never early: a scope that opens with a word, at any moment of a ticker that is late between any
/// two of its steps, has no deadline before its start and its limit.
///
/// Caught: either of the lag's, or of `settled`'s, two accesses relaxed; a gap that ends at the tick's own clock reading, or at one before its publication; a word
/// that is settled before its gap is.
#[test]
fn a_scope_that_reads_no_clock_is_never_early() {
    explore(None, || never_early(false, false));
}

/// Nor is one that opens while the ticker is calm.
///
/// Caught: a calm word that is taken for one of a heartbeat when the deadline is counted from it.
#[test]
fn a_scope_that_opens_in_the_calm_is_never_early() {
    explore(None, || never_early(true, false));
}

/// Nor is one that opens with a word that a thread has bumped.
///
/// Caught: a bump in two steps, which takes the last tick's release away.
#[test]
fn a_scope_that_opens_with_a_bumped_word_is_never_early() {
    explore(Some(3), || never_early(false, true));
}

/// A thread whose word is bumped away while it asks is not forgotten.
///
/// Caught: a tick that is stored over a bump, so that the word does not grow.
#[test]
fn a_bump_forgets_no_wish() {
    explore(Some(3), || {
        let process = Process::new();
        process.ticker(false).tick();
        let (one, two) = (process.clone(), process.clone());
        let ticker = thread::spawn(move || {
            let mut ticker = one.ticker(false);
            ticker.tick();
            ticker.sleep();
            ticker.tick();
        });
        let bump = thread::spawn(move || {
            let before = two.epoch.glance();
            two.epoch.bump();
            assert!(two.epoch.glance() > before);
        });
        // A tick each, and the bump.
        process.check_until(process.ask(), LATER + 4);
        bump.join().unwrap();
        ticker.join().unwrap();
    });
}

fn never_early(calm: bool, bumped: bool) {
    const LIMIT: u64 = 10_000_000_000;
    let epoch = Arc::new(Epoch::new());
    let clock = Passing(Arc::new(AtomicU64::new(NOW)));
    let stack = Stack::new(EMPTY);
    mood(Ticker::new(&epoch, clock.clone()), calm).tick();
    let ticker = {
        let (epoch, clock) = (epoch.clone(), clock.clone());
        thread::spawn(move || {
            let mut ticker = mood(Ticker::new(&epoch, clock), calm);
            ticker.tick();
            ticker.tick();
            ticker.tick();
            epoch.word()
        })
    };
    if bumped {
        epoch.bump();
    }
    // The thread's last check was at any time before.
    let (lag, word) = epoch.entry();
    stack.admit(word, Some(lag));
    let began = clock.read();
    if epoch.word() != stack.entry() {
        // The clock is read.
        ticker.join().unwrap();
        return;
    }
    stack.push(stack.depth(), 1, LIMIT);
    let early = |stack: &Stack| {
        let earliest = stack.earliest(&epoch);
        (
            earliest.is_settled(),
            earliest.is_settled() && earliest.due < began + LIMIT,
        )
    };
    assert!(!early(&stack).1, "as soon as it is settled");
    let last = ticker.join().unwrap();
    // The same once more, worked out late.
    stack.set_depth(0);
    stack.push(stack.depth(), 1, LIMIT);
    assert_eq!(early(&stack), (word < last, false), "when all is settled");
}

fn mood(ticker: Ticker<'_, Passing>, calm: bool) -> Ticker<'_, Passing> {
    if calm { ticker.calm() } else { ticker }
}

/// A reader that finds the same in a slot before and after it finds a scope open, and as many pushes
/// around that, has read a slot of one moment.
///
/// Caught: a slot, the depth, the entry word or its lag written relaxed; a slot that is not read again,
/// or before the depth; a word that changes before the open scopes are dated.
#[test]
fn a_glimpse_is_of_one_moment() {
    glimpse([(1, Some(100)), (2, Some(200))]);
}

/// The same where a push stores a site and is not counted, be it another site or the same.
///
/// Caught: the same.
#[test]
fn a_glimpse_of_what_is_not_counted() {
    static SITES: [Site; 2] = [
        Site::new("first", "model.rs", 1, 1).within(100),
        Site::new("second", "model.rs", 2, 1).within(200),
    ];
    for second in [0, 1] {
        glimpse([0, second].map(|site| (SITES[site].register(), None)));
    }
}

/// The same of scopes that are opened under one word, again and again.
///
/// Caught: a push that is not counted, or that is counted by a relaxed store; a count that is not
/// compared, or before the slot is read again.
#[test]
fn a_glimpse_of_what_comes_back() {
    let scopes = [(1, 100), (2, 200), (1, 300), (2, 200)];
    explore(Some(3), move || {
        let stack = Arc::new(Stack::new(EMPTY));
        stack.admit(10, Some(1000));
        let reader = {
            let stack = stack.clone();
            thread::spawn(move || stack.glimpse())
        };
        for (site, limit) in scopes {
            stack.push(EMPTY, site, limit);
            stack.set_depth(EMPTY);
        }
        if let Some((site, [_, limit, _], _)) = reader.join().unwrap() {
            assert!(scopes.contains(&(site, limit)), "{site} {limit}");
        }
    });
}

/// One scope after the other is opened, each under a word of its own.
fn glimpse(scopes: [(u32, Option<u64>); 2]) {
    explore(Some(3), move || {
        let stack = Arc::new(Stack::new(EMPTY));
        let reader = {
            let stack = stack.clone();
            thread::spawn(move || stack.glimpse())
        };
        let times = [10, 20];
        for (word, (site, limit)) in times.into_iter().zip(scopes) {
            stack.set_depth(0);
            stack.admit(word, Some(word * 100));
            match limit {
                Some(limit) => stack.push(stack.depth(), site, limit),
                None => stack.push_limited(stack.depth(), site),
            }
        }
        stack.admit(30, Some(3000));
        stack.spend(0, 7);
        if let Some((site, [start, limit, lag], spent)) = reader.join().unwrap() {
            let found = (0..2).find(|n| times[*n] == start && scopes[*n].0 == site);
            let found = found.expect("a scope that was open");
            let own = scopes[found].1.unwrap_or_else(|| Site::by_id(site).limit());
            assert_eq!((limit, lag), (own, start * 100));
            assert!(found == 1 || !spent);
        }
    });
}

/// As [`Still`], with one alarm, which may be set.
struct Alarmed {
    token: Token,
    alarm: Arc<Mutex<Option<u64>>>,
}

impl World for Alarmed {
    fn now(&self) -> u64 {
        NOW
    }

    fn any_open(&self) -> bool {
        true
    }

    fn ring(&self, _: u64) -> u64 {
        lock(&self.alarm).unwrap_or(u64::MAX)
    }

    fn sleep(&self, _: u64) {
        self.token.park();
    }
}

/// An alarm that is set while the ticker plans its next tick ends the sleep after it.
///
/// Caught: a ticker that looks for alarms before it plans; an alarm that is asked for before it is set.
#[test]
fn no_alarm_is_forgotten() {
    explore(None, || {
        let process = Process::new();
        process.ticker(false).tick();
        let alarm = Arc::new(Mutex::new(None));
        let ticker = {
            let (process, alarm) = (process.clone(), alarm.clone());
            thread::spawn(move || {
                let token = process.token.clone();
                let mut ticker = Ticker::new(&process.epoch, Alarmed { token, alarm });
                ticker.tick();
                ticker.sleep();
            })
        };
        *lock(&alarm) = Some(NOW);
        process.ask();
        ticker.join().unwrap();
    });
}
