//! No request for a tick is forgotten, and no thread sleeps for ever: the ticker against threads that ask it for ticks.

use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;

use crate::base::layout::PARKED;
use crate::base::sync::lock;
use crate::model::explore::{LATER, NOW, explore};
use crate::model::process::{Process, Token};
use crate::time::epoch::{Epoch, HEARTBEAT};
use crate::time::ticker::{Bell, Ticker, Wake, World};

/// No deadline is forgotten if a thread makes its request while the ticker plans its next tick, which overwrites the
/// request.
///
/// Catches: the word published before `next` is planned; the word loaded or published relaxed; a request that stores
/// its time instead of lowering `next`, or that wakes only a parked ticker; a sleep that does not read `next` again
/// after it was woken.
#[test]
fn a_request_that_a_tick_overwrites_is_made_again() {
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

/// A thread opens a scope while the ticker parks, and compares the word of its entry at its next check.
///
/// Catches: a parked ticker that is not woken, or whose parking does not change the word; a request that does not
/// return that it has lowered `next`.
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
        let (lag, word) = process.epoch.load_with_lag();
        process.stack.admit(word, Some(lag));
        process.stack.enter(1, Some(u64::MAX));
        let held = if word & PARKED == 0 {
            word
        } else {
            process.ask()
        };
        process.check(held);
        ticker.join().unwrap();
    });
}

/// Two threads wake the ticker at the same time, or while it falls asleep.
///
/// Catches: the parked word published before `next` is `MAX`; a ticker that sleeps without reading `next` after its
/// nap has consumed the wake-up; the word loaded or published relaxed.
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

/// Like [`Still`], until it is `over`: from then on, time passes.
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

/// Two threads find no ticker. They start a single one, and both get their tick from it.
///
/// Catches: a start that does not look again under the lock, so that there are two tickers; a start that does not wake
/// the new ticker, which may have gone to sleep before the request.
#[test]
fn two_that_start_the_ticker_at_once_start_one() {
    explore(Some(3), || {
        let (epoch, bell) = (Arc::new(Epoch::new()), Arc::new(Bell::<Token>::new()));
        let over = Arc::new(AtomicBool::new(false));
        let tickers = Arc::new(Mutex::new(Vec::new()));
        let ask = {
            let (epoch, over, tickers) = (epoch.clone(), over.clone(), tickers.clone());
            move || {
                let held = epoch.load();
                let started = bell.request(&epoch, NOW, || {
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
                            ticker.run_once();
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
        while epoch.load_relaxed() <= held {
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

/// A request is not forgotten if another thread bumps the word meanwhile.
///
/// Catches: a tick that overwrites a bump, so that the word does not grow.
#[test]
fn a_bump_forgets_no_request() {
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
            let before = two.epoch.load_relaxed();
            two.epoch.bump();
            assert!(two.epoch.load_relaxed() > before);
        });
        // Each tick moves the word, and so does the bump.
        process.check_until(process.ask(), LATER + 4);
        bump.join().unwrap();
        ticker.join().unwrap();
    });
}

/// Like [`Still`], with one alarm, which may be set.
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

    fn fire_alarms(&self, _: u64) -> u64 {
        lock(&self.alarm).unwrap_or(u64::MAX)
    }

    fn sleep(&self, _: u64) {
        self.token.park();
    }
}

/// An alarm that is set while the ticker plans its next tick ends the sleep after it.
///
/// Catches: a ticker that looks for alarms before it plans; an alarm that is set after its tick was asked for.
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
