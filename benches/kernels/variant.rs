//! The variants: the guard, and what people write by hand.

use std::hint::black_box;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use almost_enough::{DebouncedTimeoutExt, Stopper};
use guard_runtime::Budget;
use tokio_util::sync::CancellationToken;

use crate::data::Data;
use crate::kernel::{Kernel, Outcome, Stopped};

/// No variant stops anything: the benches measure the cost of being able to.
const LIMIT: Duration = Duration::from_secs(3600);

/// One way to make a loop stoppable.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    /// The code at the head of every iteration.
    pub(crate) check: &'static str,
    /// Whether it is the guard.
    pub(crate) ours: bool,
    /// Returns the time of this many calls, and the result of the last one.
    pub(crate) time: fn(Kernel, &mut Data, u32) -> (Duration, u64),
}

/// All variants; the others are compared with the first one.
pub(crate) const VARIANTS: [Variant; 9] = [
    Variant {
        name: "unguarded",
        check: "",
        ours: false,
        time: unguarded,
    },
    Variant {
        name: "loop_guard(inherit)",
        check: "`#[loop_guard(inherit)]` in an open scope",
        ours: true,
        time: inherit,
    },
    Variant {
        name: "loop_guard(timeout)",
        check: "`#[loop_guard(timeout = \"1h\")]`, entered at every call",
        ours: true,
        time: timeout,
    },
    Variant {
        name: "AtomicBool",
        check: "a relaxed load of a flag that a timer thread sets",
        ours: false,
        time: atomic_bool,
    },
    Variant {
        name: "Instant::now()",
        check: "a comparison with a deadline",
        ours: false,
        time: instant,
    },
    Variant {
        name: "CancellationToken",
        check: "`is_cancelled()` of tokio-util",
        ours: false,
        time: cancellation_token,
    },
    Variant {
        name: "consume_budget",
        check: "tokio's `consume_budget().await` under `timeout`",
        ours: false,
        time: consume_budget,
    },
    Variant {
        name: "cancel-this",
        check: "`is_cancelled!()` under `on_timeout`",
        ours: false,
        time: cancel_this,
    },
    Variant {
        name: "enough",
        check: "`Stop::check` of `DebouncedTimeout`, from almost-enough",
        ours: false,
        time: enough,
    },
];

mod plain {
    crate::kernel::kernels! {
        attributes {}
        function { fn } called {}
        takes { _stop: () }
        checks {}
    }
}

mod inherited {
    crate::kernel::kernels! {
        attributes { #[guard_runtime::loop_guard(inherit)] }
        function { fn } called {}
        takes { _stop: () }
        checks {}
    }
}

mod timed {
    crate::kernel::kernels! {
        attributes { #[guard_runtime::loop_guard(timeout = "1h")] }
        function { fn } called {}
        takes { _stop: () }
        checks {}
    }
}

mod clock {
    use std::time::Instant;

    use crate::kernel::Stopped;

    crate::kernel::kernels! {
        attributes {}
        function { fn } called {}
        takes { deadline: Instant }
        checks {
            if Instant::now() > deadline {
                return Err(Stopped);
            }
        }
    }
}

mod flag {
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::kernel::Stopped;

    crate::kernel::kernels! {
        attributes {}
        function { fn } called {}
        takes { flag: &AtomicBool }
        checks {
            if flag.load(Ordering::Relaxed) {
                return Err(Stopped);
            }
        }
    }
}

mod token {
    use tokio_util::sync::CancellationToken;

    use crate::kernel::Stopped;

    crate::kernel::kernels! {
        attributes {}
        function { fn } called {}
        takes { token: &CancellationToken }
        checks {
            if token.is_cancelled() {
                return Err(Stopped);
            }
        }
    }
}

mod budget {
    crate::kernel::kernels! {
        attributes {}
        function { async fn } called { .await }
        takes { _stop: () }
        checks { tokio::task::consume_budget().await; }
    }
}

mod cancelled {
    crate::kernel::kernels! {
        attributes {}
        function { fn } called {}
        takes { _stop: () }
        checks { cancel_this::is_cancelled!()?; }
    }
}

mod debounced {
    use enough::Stop;

    crate::kernel::kernels! {
        attributes {}
        function { fn } called {}
        takes { stop: &impl Stop }
        checks { stop.check()?; }
    }
}

/// What a variant needs once, such as a timer thread, is not in the time; what the guard needs at
/// every entry is.
fn time(calls: u32, mut call: impl FnMut() -> Outcome) -> (Duration, u64) {
    let start = Instant::now();
    let mut result = 0;
    for _ in 0..calls {
        result = black_box(call().expect("nothing takes an hour"));
    }
    (start.elapsed(), result)
}

fn unguarded(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    time(calls, || plain::run(kernel, data, ()))
}

/// Runs in a scope, so that there is something to inherit.
fn inherit(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    let run = || time(calls, || inherited::run(kernel, data, ()));
    Budget::timeout(LIMIT)
        .run(run)
        .expect("nothing takes an hour")
}

fn timeout(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    time(calls, || timed::run(kernel, data, ()))
}

fn instant(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    let deadline = Instant::now() + LIMIT;
    time(calls, || clock::run(kernel, data, deadline))
}

fn atomic_bool(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    static FLAG: AtomicBool = AtomicBool::new(false);
    static TIMER: OnceLock<thread::JoinHandle<()>> = OnceLock::new();
    TIMER.get_or_init(|| {
        thread::spawn(|| {
            thread::sleep(LIMIT);
            FLAG.store(true, Ordering::Relaxed);
        })
    });
    time(calls, || flag::run(kernel, data, &FLAG))
}

fn cancellation_token(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    let token = CancellationToken::new();
    time(calls, || token::run(kernel, data, &token))
}

/// tokio's only way to make a loop without awaits observe a `timeout` around it.
fn consume_budget(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let calls = async {
        let start = Instant::now();
        let mut result = 0;
        for _ in 0..calls {
            result = black_box(budget::run(kernel, data, ()).await?);
        }
        Ok::<_, Stopped>((start.elapsed(), result))
    };
    let runtime = runtime.expect("a runtime without drivers for input and output");
    let outcome = runtime.block_on(async { tokio::time::timeout(LIMIT, calls).await });
    outcome
        .expect("nothing takes an hour")
        .expect("nothing stops")
}

fn cancel_this(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    let run = || Ok::<_, Stopped>(time(calls, || cancelled::run(kernel, data, ())));
    ::cancel_this::on_timeout(LIMIT, run).expect("nothing takes an hour")
}

/// Uses the timeout of its companion crate that reads the clock least often.
fn enough(kernel: Kernel, data: &mut Data, calls: u32) -> (Duration, u64) {
    let stop = Stopper::new().with_debounced_timeout(LIMIT);
    time(calls, || debounced::run(kernel, data, &stop))
}
