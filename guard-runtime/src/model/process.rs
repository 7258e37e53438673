//! A process in which time stands still: a thread that sleeps for longer than it should sleeps for ever, and loom
//! reports that.

use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use crate::base::sync::lock;
use crate::model::explore::{LATER, NOW};
use crate::stack::frames::Stack;
use crate::time::epoch::Epoch;
use crate::time::ticker::{Bell, Ticker, Wake, World};

/// The token of `park` and `unpark`, as `std` defines it. Those of loom synchronise more than `std` promises.
#[derive(Clone)]
pub(super) struct Token(Arc<(Mutex<bool>, Condvar)>);

impl Token {
    pub(super) fn new() -> Self {
        Self(Arc::new((Mutex::new(false), Condvar::new())))
    }

    pub(super) fn park(&self) {
        let (set, changed) = &*self.0;
        let mut set = lock(set);
        while !*set {
            set = changed.wait(set).unwrap();
        }
        *set = false;
    }

    pub(super) fn take(&self) {
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

/// A world in which time stands still at [`NOW`].
pub(super) struct Still {
    token: Token,
    stack: Arc<Stack>,
    /// Whether a sleep with a time limit ends at once, like the one before the ticker parks.
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

/// The process of a model. Its ticker sleeps on `token`.
#[derive(Clone)]
pub(super) struct Process {
    pub(super) epoch: Arc<Epoch>,
    bell: Arc<Bell<Token>>,
    pub(super) token: Token,
    /// The stack of the one thread that opens a scope.
    pub(super) stack: Arc<Stack>,
}

impl Process {
    pub(super) fn new() -> Self {
        let (token, bell) = (Token::new(), Bell::new());
        let epoch = Epoch::new();
        let started = bell.request(&epoch, u64::MAX, || Some(token.clone()));
        assert!(started);
        Self {
            epoch: Arc::new(epoch),
            bell: Arc::new(bell),
            token,
            stack: Arc::new(Stack::new()),
        }
    }

    pub(super) fn ticker(&self, naps: bool) -> Ticker<'_, Still> {
        let (token, stack) = (self.token.clone(), self.stack.clone());
        Ticker::new(&self.epoch, Still { token, stack, naps })
    }

    /// A thread in a loop of checks, whose deadline is due now. `held` is the word that its last check has seen.
    pub(super) fn check(&self, held: u64) {
        self.check_until(held, LATER);
    }

    pub(super) fn check_until(&self, mut held: u64, last: u64) {
        while held < last {
            while self.epoch.load_relaxed() == held {
                thread::yield_now();
            }
            held = self.ask();
        }
    }

    /// The cold path of a check: loads the word, then asks for a tick.
    pub(super) fn ask(&self) -> u64 {
        let word = self.epoch.load();
        assert!(
            self.bell
                .request(&self.epoch, NOW, || unreachable!("it was started"))
        );
        word
    }
}
