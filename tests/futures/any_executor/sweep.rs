//! Random programs of loops with and without awaits: guarded and unguarded ones do the same, event for event and
//! poll for poll.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use guard_runtime::{Tripped, loop_guard};
use harness::Random;

use super::by_hand::{ByHand, pause};

/// A statement of a random program.
#[derive(Debug)]
enum Do {
    Note(u32),
    Await,
    /// A value that logs its drop, held for the rest of the block.
    Hold(u32),
    For(u32, Vec<Do>),
    While(u32, Vec<Do>),
    Loop(u32, Vec<Do>),
    /// In a block of its own; in a closure, if it does not await.
    Block(Vec<Do>),
    Closure(u32),
    Join(Vec<Do>, Vec<Do>),
    Break,
    Continue,
    Return(u32),
    Fail(u32),
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Event {
    Note(u32),
    Begin(u32),
    Condition(bool),
    Dropped(u32),
    Pending,
    Done(Result<u32, u32>),
    Cut,
}

type Log = RefCell<Vec<Event>>;

struct Held<'l>(&'l Log, u32);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(Event::Dropped(self.1));
    }
}

/// What a block does to the loop around it.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Flow {
    On,
    Break,
    Continue,
    Return(u32),
}

#[derive(Debug)]
enum Error {
    Own(u32),
    Tripped,
}

impl From<Tripped> for Error {
    fn from(_: Tripped) -> Self {
        Self::Tripped
    }
}

type Outcome = Result<Flow, Error>;
type Running<'r> = Pin<Box<dyn Future<Output = Outcome> + 'r>>;

fn random_block(random: &mut Random, depth: u32) -> Vec<Do> {
    let len = 1 + random.below(4);
    (0..len).map(|_| random_statement(random, depth)).collect()
}

fn random_statement(random: &mut Random, depth: u32) -> Do {
    let n = u32::try_from(random.below(4)).unwrap();
    let kinds = if depth == 0 { 9 } else { 20 };
    match random.below(kinds) {
        0 | 1 => Do::Note(n),
        2 | 3 => Do::Await,
        4 => Do::Hold(n),
        5 => Do::Break,
        6 => Do::Continue,
        7 => [Do::Return(n), Do::Note(n), Do::Fail(n), Do::Note(n)]
            .into_iter()
            .nth(n as usize)
            .unwrap(),
        8 => Do::Closure(n),
        9..12 => Do::For(n, random_block(random, depth - 1)),
        12..15 => Do::While(n, random_block(random, depth - 1)),
        15..17 => Do::Loop(n + 1, random_block(random, depth - 1)),
        17 | 18 => Do::Block(random_block(random, depth - 1)),
        _ => Do::Join(
            random_block(random, depth - 1),
            random_block(random, depth - 1),
        ),
    }
}

/// The same interpreter, in the form that the attribute finds.
macro_rules! interpreter {
    ($(#[$guard:meta])* $name:ident) => {
        mod $name {
            use super::*;

            $(#[$guard])*
            pub(super) async fn run(log: &Log, block: &[Do]) -> Outcome {
                let mut held = Vec::new();
                let tell = |event| log.borrow_mut().push(event);
                for (at, statement) in block.iter().enumerate() {
                    tell(Event::Begin(u32::try_from(at).unwrap_or(0)));
                    let flow = match statement {
                        Do::Note(n) => {
                            tell(Event::Note(*n));
                            Flow::On
                        }
                        Do::Await => {
                            pause().await;
                            Flow::On
                        }
                        Do::Hold(n) => {
                            held.push(Held(log, *n));
                            Flow::On
                        }
                        Do::For(n, body) => 'all: {
                            for i in 0..*n {
                                tell(Event::Note(i));
                                match boxed(log, body).await? {
                                    Flow::Break => break,
                                    Flow::Continue => continue,
                                    Flow::On => {}
                                    out @ Flow::Return(_) => break 'all out,
                                }
                            }
                            Flow::On
                        }
                        Do::While(n, body) => {
                            let mut i = 0;
                            let mut out = Flow::On;
                            'this: while {
                                tell(Event::Condition(i < *n));
                                i < *n
                            } {
                                i += 1;
                                let _held = Held(log, 100 + i);
                                match boxed(log, body).await? {
                                    Flow::Break => break 'this,
                                    Flow::Return(n) => {
                                        out = Flow::Return(n);
                                        break;
                                    }
                                    Flow::Continue => continue 'this,
                                    Flow::On => {}
                                }
                            }
                            out
                        }
                        Do::Loop(n, body) => {
                            let mut left = *n;
                            loop {
                                if left == 0 {
                                    break Flow::On;
                                }
                                left -= 1;
                                let flow = boxed(log, body).await?;
                                if let Flow::Break | Flow::Return(_) = flow {
                                    break if flow == Flow::Break { Flow::On } else { flow };
                                }
                            }
                        }
                        Do::Block(body) => {
                            let inner = async {
                                let mut flow = Flow::On;
                                for _ in 0..2 {
                                    let _held = Held(log, 200);
                                    flow = boxed(log, body).await?;
                                    if flow != Flow::On {
                                        break;
                                    }
                                }
                                Ok::<_, Error>(flow)
                            };
                            inner.await?
                        }
                        Do::Closure(n) => {
                            let count = |to: u32| {
                                let mut i = 0;
                                while i < to {
                                    i += 1;
                                    tell(Event::Note(300 + i));
                                }
                                i
                            };
                            tell(Event::Note(count(*n) + count(1)));
                            Flow::On
                        }
                        Do::Join(left, right) => {
                            let (left, right) = futures::join!(
                                async {
                                    let mut last = Flow::On;
                                    for _ in 0..2 {
                                        last = boxed(log, left).await?;
                                    }
                                    Ok::<_, Error>(last)
                                },
                                boxed(log, right)
                            );
                            let _right = right?;
                            left?
                        }
                        Do::Break => Flow::Break,
                        Do::Continue => Flow::Continue,
                        Do::Return(n) => Flow::Return(*n),
                        Do::Fail(n) => return Err(Error::Own(*n)),
                    };
                    if flow != Flow::On {
                        return Ok(flow);
                    }
                }
                Ok(Flow::On)
            }

            fn boxed<'r>(log: &'r Log, block: &'r [Do]) -> Running<'r> {
                Box::pin(run(log, block))
            }
        }
    };
}

interpreter!(plain);
interpreter!(
    #[loop_guard(timeout = "1h")]
    timed
);
interpreter!(
    #[loop_guard(iterations = 1_000_000)]
    counted
);
interpreter!(
    #[loop_guard(inherit)]
    inherited
);
interpreter!(
    #[loop_guard(timeout = "2h", yield_every = "1h")]
    yielding
);
interpreter!(
    #[loop_guard(timeout = "2h", fallback = Err(Error::Tripped))]
    falling_back
);

/// Runs the program to its end, or drops it after this many polls.
fn events<'r>(run: impl FnOnce(&'r Log) -> Running<'r>, log: &'r Log, polls: usize) -> Vec<Event> {
    let mut future = Some(ByHand::new(run(log)));
    for _ in 0..polls {
        let polled = future.as_mut().unwrap().poll();
        let event = match polled {
            Poll::Pending => Event::Pending,
            Poll::Ready(Ok(Flow::Return(n))) => Event::Done(Ok(n)),
            Poll::Ready(Ok(_)) => Event::Done(Ok(0)),
            Poll::Ready(Err(Error::Own(n))) => Event::Done(Err(n)),
            Poll::Ready(Err(Error::Tripped)) => panic!("no budget is spent"),
        };
        log.borrow_mut().push(event);
        if event != Event::Pending {
            return log.take();
        }
    }
    drop(future.take());
    log.borrow_mut().push(Event::Cut);
    log.take()
}

#[test]
fn random_programs_do_the_same_guarded_and_unguarded() {
    let (mut done, mut cut) = (0, 0);
    for seed in 0..1500 {
        let mut random = Random::new(seed);
        let program = random_block(&mut random, 3);
        for polls in [1 + usize::try_from(random.below(6)).unwrap(), 500] {
            macro_rules! in_each {
                ($first:ident $($form:ident)*) => {{
                    let log = Log::default();
                    let wanted = events(|log| Box::pin($first::run(log, &program)), &log, polls);
                    $(
                        let log = Log::default();
                        let found = events(|log| Box::pin($form::run(log, &program)), &log, polls);
                        assert_eq!(found, wanted, "{seed}, {}: {program:#?}", stringify!($form));
                    )*
                    wanted
                }};
            }
            let wanted = in_each!(plain timed counted inherited yielding falling_back);
            if wanted.last() == Some(&Event::Cut) {
                cut += 1;
            } else {
                done += 1;
            }
        }
    }
    assert!(done > 1000 && cut > 100, "{done} done, {cut} cut");
}
