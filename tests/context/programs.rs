//! Random programs of nested scopes, shields, entry points, tokens, contexts and threads on the test clock,
//! compared with a simple model: which check trips, with which cause, and in whose name.
//!
//! A short run is part of the suite. The long one:
//!
//! ```console
//! $ LOOP_GUARD_PROGRAMS=100000 cargo test --release --all-features --test context programs
//! ```

use std::collections::BTreeMap;
use std::env;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use guard_runtime::{
    Budget, CancelToken, Cause, Context, Tripped, checkpoint, shield, testing, thread,
};

use crate::random::Random;

const NAMES: [&str; 24] = [
    "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14",
    "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23",
];

/// The second is a child of the first; the third is separate.
const REASONS: [&str; 3] = ["root", "child", "alone"];

#[derive(Debug)]
enum Op {
    Check,
    Advance(u64),
    Cancel(usize),
    /// Also through shields.
    Force(usize),
    Scope {
        name: usize,
        timeout: Option<u64>,
        token: Option<usize>,
        root: bool,
        body: Vec<Op>,
    },
    Shield(Vec<Op>),
    /// In the scopes that are open here, once more.
    Again(Vec<Op>),
    OnThread(Vec<Op>),
    Save,
    /// In the scopes that were saved, which may have ended.
    Saved(Vec<Op>),
}

/// Up to a few hours, with random nanoseconds, so that no two deadlines are equal and a thread in real time reaches
/// none.
fn time(random: &mut Random) -> u64 {
    60_000_000_000 + random.below(1_000_000_000) * 7_200
}

fn program(random: &mut Random, depth: u64, names: &mut usize) -> Vec<Op> {
    let count = 1 + random.below(4);
    (0..count).map(|_| op(random, depth, names)).collect()
}

fn op(random: &mut Random, depth: u64, names: &mut usize) -> Op {
    let token = |random: &mut Random| usize::try_from(random.below(3)).unwrap();
    let leaf = depth == 0 || *names >= NAMES.len();
    match random.below(if leaf { 8 } else { 20 }) {
        0..=3 => Op::Check,
        4 | 5 => Op::Advance(time(random) / 2),
        6 if random.below(3) == 0 => Op::Cancel(token(random)),
        7 if random.below(3) == 0 => Op::Force(token(random)),
        6 | 7 => Op::Save,
        8..=13 => {
            let name = *names;
            *names += 1;
            Op::Scope {
                name,
                timeout: (random.below(3) > 0).then(|| time(random)),
                token: (random.below(2) > 0).then(|| token(random)),
                root: random.below(6) == 0,
                body: program(random, depth - 1, names),
            }
        }
        14 | 15 => Op::Shield(program(random, depth - 1, names)),
        16 => Op::Again(program(random, depth - 1, names)),
        17 => Op::OnThread(program(random, depth - 1, names)),
        _ => Op::Saved(program(random, depth - 1, names)),
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Scope,
    Shield,
    Root,
}

#[derive(Clone)]
struct Frame {
    kind: Kind,
    name: &'static str,
    /// The deadline on the clock of the thread; never, if there is none.
    due: i128,
    ended: Arc<AtomicBool>,
    /// Handed over by a context, which knows when the scope ends.
    is_handed: bool,
}

/// What else can end a scope, each with the index of its frame, in the order in which they were opened.
#[derive(Clone)]
enum Account {
    Token(usize),
    Origin(Arc<AtomicBool>),
}

type Accounts = Vec<(usize, Account)>;

/// The scopes of a context, as if they were alone.
struct Handed {
    frames: Vec<Frame>,
    accounts: Accounts,
}

struct Model {
    tokens: [CancelToken; 3],
    /// The token by which each was cancelled, and which were forced.
    cancelled_by: [Option<usize>; 3],
    forced: [bool; 3],
    now: i128,
    on_main: bool,
    frames: Vec<Frame>,
    accounts: Accounts,
    saved: Option<(Context, Handed, i128)>,
}

type Expected = Option<(&'static str, &'static str)>;

impl Model {
    fn new() -> Self {
        let root = CancelToken::new();
        let child = root.child();
        Self {
            tokens: [root, child, CancelToken::new()],
            cancelled_by: [None; 3],
            forced: [false; 3],
            now: 0,
            on_main: true,
            frames: Vec::new(),
            accounts: Vec::new(),
            saved: None,
        }
    }

    fn cancel(&mut self, token: usize) {
        self.tokens[token].cancel(REASONS[token]);
        let below = if token == 0 { 0..2 } else { token..token + 1 };
        for each in below {
            self.cancelled_by[each].get_or_insert(token);
        }
    }

    fn force(&mut self, token: usize) {
        self.cancel(token);
        self.tokens[token].cancel_with_grace(REASONS[token], Duration::ZERO);
        self.forced[token] |= self.cancelled_by[token] == Some(token);
    }

    /// The depth above the innermost wall of these kinds.
    fn above(&self, is_wall: impl Fn(Kind) -> bool) -> usize {
        let wall = self.frames.iter().rposition(|frame| is_wall(frame.kind));
        wall.map_or(0, |wall| wall + 1)
    }

    /// What a check here finds: forced tokens first, then whatever else ends a scope, each from the outermost scope; then
    /// the earliest deadline.
    fn expected(&self) -> Expected {
        let base = self.above(|kind| kind != Kind::Scope);
        let below_shields = self.above(|kind| kind == Kind::Root);
        let shielded = |(at, account): &&(usize, Account)| {
            (below_shields..base).contains(at)
                && matches!(account, Account::Token(token) if self.cancelled_by[*token].is_some_and(|top| self.forced[top]))
        };
        let counts = |(at, account): &&(usize, Account)| *at >= base && self.why(account).is_some();
        let found = self.accounts.iter().find(shielded);
        let found = found.or_else(|| self.accounts.iter().find(counts));
        if let Some((at, account)) = found {
            return Some((self.frames[*at].name, self.why(account).unwrap()));
        }
        let spent = self.frames[base..]
            .iter()
            .filter(|frame| frame.due < self.now);
        let first = spent.min_by_key(|frame| frame.due)?;
        Some((first.name, "timeout"))
    }

    fn why(&self, account: &Account) -> Option<&'static str> {
        match account {
            Account::Token(token) => self.cancelled_by[*token].map(|top| REASONS[top]),
            Account::Origin(ended) => ended.load(Ordering::Relaxed).then_some("ended"),
        }
    }

    /// What `Context::current` takes.
    fn handed(&self) -> Handed {
        let base = self.above(|kind| kind != Kind::Scope);
        let frames = self.frames[base..].to_vec();
        let accounts = self.accounts.iter().filter(|(at, _)| *at >= base);
        let mut accounts: Accounts = accounts.map(|(at, of)| (at - base, of.clone())).collect();
        if let Some(last) = frames.last().filter(|last| !last.is_handed) {
            accounts.push((frames.len() - 1, Account::Origin(Arc::clone(&last.ended))));
        }
        Handed { frames, accounts }
    }

    fn push(&mut self, kind: Kind, name: &'static str, due: i128) {
        let ended = Arc::default();
        let frame = Frame {
            kind,
            name,
            due,
            ended,
            is_handed: false,
        };
        self.frames.push(frame);
    }

    /// Leaves all frames from `depth` on.
    fn leave(&mut self, depth: usize) {
        for frame in self.frames.drain(depth..) {
            frame.ended.store(true, Ordering::Relaxed);
        }
        self.accounts.retain(|(at, _)| *at < depth);
    }

    /// In the scopes of a context; `since` is when it was taken, if this clock is another one.
    fn within(&mut self, handed: &Handed, since: i128, f: impl FnOnce(&mut Self)) {
        let depth = self.frames.len();
        self.push(Kind::Root, "root", i128::MAX);
        let base = self.frames.len();
        for frame in &handed.frames {
            self.push(frame.kind, frame.name, frame.due.saturating_sub(since));
        }
        for frame in &mut self.frames[base..] {
            frame.is_handed = true;
        }
        let accounts = handed.accounts.iter();
        self.accounts
            .extend(accounts.map(|(at, of)| (at + base, of.clone())));
        f(self);
        self.leave(depth);
    }
}

/// The outcome of a check in the terms of the model.
fn told(outcome: Result<(), Tripped>) -> Expected {
    let tripped = outcome.err()?;
    let why = match tripped.cause() {
        Cause::Timeout { .. } => "timeout",
        Cause::Cancelled { reason, .. } => reason,
        Cause::ScopeEnded => "ended",
        cause => panic!("{cause}"),
    };
    *SEEN.lock().unwrap().entry(why).or_default() += 1;
    Some((tripped.scope(), why))
}

/// How often each cause occurred: a model that never trips would always agree.
static SEEN: Mutex<BTreeMap<&str, u32>> = Mutex::new(BTreeMap::new());

fn run(ops: &[Op], model: &mut Model, seed: u64) {
    for op in ops {
        match op {
            Op::Check => {
                assert_eq!(told(checkpoint()), model.expected(), "a check, seed {seed}");
            }
            Op::Advance(by) if model.on_main => {
                testing::advance(Duration::from_nanos(*by));
                model.now += i128::from(*by);
            }
            Op::Cancel(token) => model.cancel(*token),
            Op::Force(token) => model.force(*token),
            Op::Scope { .. } => run_scope(op, model, seed),
            Op::Shield(body) => {
                let depth = model.frames.len();
                model.push(Kind::Shield, "shield", i128::MAX);
                shield(|| run(body, model, seed));
                model.leave(depth);
            }
            Op::Again(body) => {
                let (context, handed) = (Context::current(), model.handed());
                context.run(|| model.within(&handed, 0, |model| run(body, model, seed)));
            }
            Op::OnThread(body) => on_thread(body, model, seed),
            Op::Save if model.on_main => {
                model.saved = Some((Context::current(), model.handed(), model.now));
            }
            Op::Saved(body) => {
                let Some((context, handed, at)) = model.saved.take() else {
                    continue;
                };
                let since = if model.on_main { 0 } else { at };
                context.run(|| model.within(&handed, since, |model| run(body, model, seed)));
                model.saved.get_or_insert((context, handed, at));
            }
            // The clock of another thread runs.
            Op::Advance(_) | Op::Save => {}
        }
    }
}

fn run_scope(op: &Op, model: &mut Model, seed: u64) {
    let Op::Scope {
        name,
        timeout,
        token,
        root,
        body,
    } = op
    else {
        unreachable!("only scopes come here");
    };
    let mut budget = Budget::new().named(NAMES[*name]);
    let mut due = i128::MAX;
    if let Some(nanos) = timeout {
        budget = budget.timeout(Duration::from_nanos(*nanos));
        due = model.now + i128::from(*nanos);
    }
    if let Some(token) = token {
        budget = budget.cancel(&model.tokens[*token]);
    }
    if *root {
        budget = budget.root();
    }
    let depth = model.frames.len();
    if *root {
        model.push(Kind::Root, "root", i128::MAX);
    }
    // Entering is a check, of what is around and of the scope itself.
    let mut expected = model.expected();
    model.push(Kind::Scope, NAMES[*name], due);
    if let Some(token) = token {
        let of = (model.frames.len() - 1, Account::Token(*token));
        model.accounts.push(of);
    }
    expected = expected.or_else(|| model.expected());
    let entered = budget.run(|| {
        assert_eq!(expected, None, "an entry, seed {seed}");
        run(body, model, seed);
    });
    assert_eq!(told(entered), expected, "an entry, seed {seed}");
    model.leave(depth);
}

fn on_thread(body: &[Op], model: &mut Model, seed: u64) {
    let handed = model.handed();
    let (now, on_main) = (model.now, model.on_main);
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            (model.now, model.on_main) = (0, false);
            model.within(&handed, now, |model| run(body, model, seed));
        });
        worker.join().expect("the model is right there too");
    });
    (model.now, model.on_main) = (now, on_main);
}

#[test]
fn random_programs_trip_as_the_model_says() {
    let count = env::var("LOOP_GUARD_PROGRAMS").map_or(2_000, |count| count.parse().unwrap());
    for seed in 1..=count {
        let mut random = Random::new(seed);
        let ops = program(&mut random, 5, &mut 0);
        if env::var_os("LOOP_GUARD_SHOW").is_some() {
            println!("{seed}: {ops:#?}");
        }
        let _paused = testing::pause();
        run(&ops, &mut Model::new(), seed);
    }
    let seen = SEEN.lock().unwrap();
    for why in REASONS.iter().chain(&["timeout", "ended"]) {
        let often = seen.get(why).is_some_and(|times| *times > 20);
        assert!(often, "{why} is rare: {seen:?}");
    }
}
