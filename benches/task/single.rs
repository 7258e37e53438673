//! One future at a time.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use crate::kind::{long, plain, short, timed};
use crate::report::Report;

/// The approximate time of a round of a case, for each variant.
const SAMPLE: Duration = Duration::from_millis(4);

/// What polls the future.
#[derive(Clone, Copy)]
enum Executor {
    /// A loop with a waker that does nothing.
    Hand,
    /// tokio, on this thread.
    Tokio,
    /// tokio's default runtime, which has several threads.
    Threads,
    /// `futures::executor::block_on`.
    Futures,
}

impl Executor {
    const ALL: [(&'static str, Self); 4] = [
        ("no-op waker", Self::Hand),
        ("current-thread tokio", Self::Tokio),
        ("tokio", Self::Threads),
        ("futures", Self::Futures),
    ];

    fn repeat<F: Future>(self, times: u64, make: impl Fn(u64) -> F) -> Duration {
        match self {
            Self::Hand => {
                // `tokio::time::timeout` panics if the runtime has no timers.
                let runtime = timers();
                let _inside = runtime.enter();
                by_hand(times, make)
            }
            Self::Tokio => {
                let runtime = Builder::new_current_thread().enable_time().build();
                let runtime = runtime.expect("a runtime");
                runtime.block_on(all(times, make))
            }
            Self::Threads => timers().block_on(all(times, make)),
            Self::Futures => {
                let runtime = timers();
                let _inside = runtime.enter();
                futures::executor::block_on(all(times, make))
            }
        }
    }
}

/// A runtime whose timers run on another thread.
pub(crate) fn timers() -> Runtime {
    let builder = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build();
    builder.expect("a runtime")
}

async fn all<F: Future>(times: u64, make: impl Fn(u64) -> F) -> Duration {
    let start = Instant::now();
    for x in 0..times {
        black_box(make(black_box(x)).await);
    }
    start.elapsed()
}

fn by_hand<F: Future>(times: u64, make: impl Fn(u64) -> F) -> Duration {
    let mut context = Context::from_waker(Waker::noop());
    let start = Instant::now();
    for x in 0..times {
        let mut future = pin!(make(black_box(x)));
        while black_box(future.as_mut().poll(&mut context)).is_pending() {}
    }
    start.elapsed()
}

/// The number of runs that fill a sample.
fn times(peer: impl Fn(u64) -> Duration) -> u64 {
    let mut times = 1;
    while peer(times) < SAMPLE / 2 {
        times *= 2;
    }
    times
}

macro_rules! cases {
    ($name:ident, $report:ident: $($what:literal $function:ident)*) => {
        for (who, executor) in Executor::ALL {
            for (budget, duration) in [("50 ms", Duration::from_millis(50)), ("30 s", Duration::from_secs(30))] {
                $({
                    let name = format!("{}, {}, {}", $what, who, budget);
                    if name.contains($name) {
                        let bare = |times| executor.repeat(times, plain::$function);
                        let peer = |times| {
                            executor.repeat(times, |x| timed(duration, plain::$function(x)))
                        };
                        // The plain variant of a ready future takes next to no time, so the others decide the number
                        // of runs.
                        let times = times(peer);
                        let guarded = |times| match budget {
                            "50 ms" => executor.repeat(times, short::$function),
                            _ => executor.repeat(times, long::$function),
                        };
                        $report.case(&name, times, [&bare, &guarded, &peer]);
                    }
                })*
            }
        }
    };
}

pub(crate) fn run(name: &str, report: &mut Report) {
    cases! { name, report:
        "ready" ready
        "pending once" pending_once
        "1,000 ready awaits" awaits
    }
}
