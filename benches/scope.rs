//! What a scope and a check cost: `cargo bench --bench scope`.
//!
//! Guarded and unguarded in one run. The figures are per call (enter + leave) or per loop
//! iteration (check): the cost is the difference to the unguarded line of the same group.

use std::hint::black_box;
use std::num::NonZero;
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use guard_runtime::{Budget, CancelToken, Exit, defer, loop_guard};

/// The same function under each attribute. The loop is never entered, so that a call is all entry;
/// it is there because `inherit` does nothing to a function without loops.
macro_rules! calls {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        #[inline(never)]
        fn $name(mut x: u64) -> u64 {
            while x > 1 << 60 {
                x = black_box(x) / 2;
            }
            x + 1
        }
    )*};
}

calls! {
    call;
    #[loop_guard(inherit)] call_inherit;
    #[loop_guard(timeout = "30s")] call_long;
    #[loop_guard(timeout = "50ms")] call_short;
    #[loop_guard(timeout = "30s", cleanup = nothing)] call_long_cleanup;
    #[loop_guard(iterations = 1_u64 << 60)] call_iterations;
    #[loop_guard(depth = 1000)] call_depth;
    #[loop_guard(cancel = &*TOKEN)] call_cancel;
    #[cfg(feature = "cpu")]
    #[loop_guard(cpu = "1h")] call_cpu;
    #[loop_guard(timeout = "1h", iterations = 1_u64 << 60, when = "all")] call_all;
}

/// A token that is never cancelled.
static TOKEN: LazyLock<CancelToken> = LazyLock::new(CancelToken::new);

/// The smallest cleanup, so that the guard around it is what is measured.
#[inline(never)]
fn nothing(exit: &Exit<'_>) {
    black_box(exit);
}

fn call_nothing(x: u64) -> u64 {
    let x = call_long(x);
    nothing(&Exit::Returned);
    x
}

#[loop_guard(inherit, cleanup = nothing)]
#[inline(never)]
fn call_inherit_cleanup(x: u64) -> u64 {
    x + 1
}

#[inline(never)]
fn call_then_nothing(x: u64) -> u64 {
    nothing(&Exit::Returned);
    x + 1
}

#[inline(never)]
fn call_defer(x: u64) -> u64 {
    defer!(|exit| nothing(exit));
    x + 1
}

/// A function of each kind that calls itself until `levels` are open. The loop is never entered.
macro_rules! recursions {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        #[inline(never)]
        fn $name(levels: u64, mut x: u64) -> u64 {
            while x > 1 << 60 {
                x = black_box(x) / 2;
            }
            if levels == 1 {
                return x;
            }
            $name(black_box(levels - 1), x + 1) + 1
        }
    )*};
}

recursions! {
    recursion;
    #[loop_guard(inherit)] recursion_inherit;
    #[loop_guard(timeout = "1h")] recursion_timeout;
}

/// Each step depends on the previous one, as in a hash or a random generator, so that nothing is vectorised.
macro_rules! xorshifts {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        #[inline(never)]
        fn $name(mut x: u64, steps: u64) -> u64 {
            let mut step = 0;
            while step < steps {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                step += 1;
            }
            x
        }
    )*};
}

xorshifts! {
    xorshift;
    #[loop_guard(inherit)] xorshift_inherit;
    #[loop_guard(timeout = "1h")] xorshift_timeout;
    #[loop_guard(iterations = 1_u64 << 60)] xorshift_iterations;
    #[loop_guard(depth = 1000)] xorshift_depth;
    #[loop_guard(cancel = &*TOKEN)] xorshift_cancel;
    #[cfg(feature = "cpu")]
    #[loop_guard(cpu = "1h")] xorshift_cpu;
    #[loop_guard(timeout = "1h", iterations = 1_u64 << 60, when = "all")] xorshift_all;
}

/// The same with a branch in each step, and with a `for`.
macro_rules! collatzes {
    ($($(#[$guard:meta])* $name:ident;)*) => {$(
        $(#[$guard])*
        #[inline(never)]
        fn $name(seed: u64, steps: u64) -> u64 {
            let mut x = seed;
            for step in 0..steps {
                x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
                if x == 1 {
                    x = seed + step;
                }
            }
            x
        }
    )*};
}

collatzes! {
    collatz;
    #[loop_guard(inherit)] collatz_inherit;
    #[loop_guard(timeout = "1h")] collatz_timeout;
}

type Call = fn(u64) -> u64;
type Chain = fn(u64, u64) -> u64;

fn repeat(f: Call, times: u64) -> Duration {
    let start = Instant::now();
    for x in 0..times {
        black_box(f(black_box(x)));
    }
    start.elapsed()
}

/// The time of the slower one of two threads that call `f` at the same time.
fn repeat_in_two(f: Call, times: u64) -> Duration {
    let barrier = Barrier::new(2);
    let run = || {
        // The first call of a thread leases its stack, which is not to be measured.
        f(black_box(0));
        barrier.wait();
        repeat(f, times)
    };
    thread::scope(|scope| {
        let other = scope.spawn(run);
        run().max(other.join().expect("the other thread only calls"))
    })
}

fn enter_and_leave(c: &mut Criterion) {
    let calls: [(&str, Call); 4] = [
        ("unguarded", call),
        ("inherit", call_inherit),
        ("timeout of 30 s", call_long),
        ("timeout of 50 ms", call_short),
    ];
    let mut group = c.benchmark_group("enter + leave");
    for (name, f) in calls {
        group.bench_function(name, |b| b.iter_custom(|times| repeat(f, times)));
    }
    // The lower bound for an entry that reads the clock.
    group.bench_function("Instant::now() alone", |b| b.iter(Instant::now));
    group.finish();

    let mut group = c.benchmark_group("enter + leave in two threads at once");
    for (name, f) in calls {
        group.bench_function(name, |b| b.iter_custom(|times| repeat_in_two(f, times)));
    }
    group.finish();
}

/// Every budget besides time. A budget of CPU time needs the feature `cpu`.
fn budgets(c: &mut Criterion) {
    let calls: &[(&str, Call)] = &[
        ("iterations", call_iterations),
        ("depth", call_depth),
        ("cancel", call_cancel),
        #[cfg(feature = "cpu")]
        ("cpu", call_cpu),
        ("time and iterations, all", call_all),
    ];
    let mut group = c.benchmark_group("enter + leave, by budget");
    for &(name, f) in calls {
        group.bench_function(name, |b| b.iter_custom(|times| repeat(f, times)));
    }
    group.finish();

    let chains: &[(&str, Chain)] = &[
        ("iterations", xorshift_iterations),
        ("depth", xorshift_depth),
        ("cancel", xorshift_cancel),
        #[cfg(feature = "cpu")]
        ("cpu", xorshift_cpu),
        ("time and iterations, all", xorshift_all),
    ];
    let mut group = c.benchmark_group("check, per iteration of xorshift, by budget");
    for &(name, f) in chains {
        group.bench_function(name, |b| b.iter_custom(|steps| per_step(f, steps)));
    }
    group.finish();

    c.bench_function("is_cancelled() of a token", |b| {
        b.iter(|| black_box(&*TOKEN).is_cancelled());
    });
}

/// The cost of one level of a recursion by its depth, on one thread, and on all processors at once.
fn recurse(c: &mut Criterion) {
    let forms: [(&str, Chain); 3] = [
        ("unguarded", recursion),
        ("inherit", recursion_inherit),
        ("timeout", recursion_timeout),
    ];
    let processors = thread::available_parallelism().map_or(2, NonZero::get);
    for levels in [1, 10, 31, 33, 100, 10_000] {
        let mut group = c.benchmark_group(format!("a level of a recursion of {levels}"));
        for (form, f) in forms {
            group.bench_function(form, |b| {
                b.iter_custom(|times| per_level(f, levels, times));
            });
        }
        group.finish();
        let name = format!("a level of a recursion of {levels}, on {processors} threads at once");
        let mut group = c.benchmark_group(name);
        for (form, f) in forms {
            group.bench_function(form, |b| {
                b.iter_custom(|times| at_once(processors, f, levels, times));
            });
        }
        group.finish();
    }
}

/// The time of `times` levels. At least that many are run, in whole recursions, and the time is scaled down.
fn per_level(f: Chain, levels: u64, times: u64) -> Duration {
    let runs = times.div_ceil(levels);
    let start = Instant::now();
    for x in 0..runs {
        black_box(f(black_box(levels), x));
    }
    let all = start.elapsed().as_nanos() * u128::from(times);
    let nanos = all / u128::from(runs * levels);
    Duration::from_nanos(u64::try_from(nanos).expect("a short run"))
}

/// The mean of what each of the threads measures. They begin together.
fn at_once(threads: usize, f: Chain, levels: u64, times: u64) -> Duration {
    let begin = Barrier::new(threads);
    let one = || {
        // The first call of a thread leases its stack, and the first call at a depth makes it grow; neither is to be
        // measured.
        f(black_box(levels), 0);
        begin.wait();
        per_level(f, levels, times)
    };
    let sum: Duration = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .sum()
    });
    sum / u32::try_from(threads).expect("fewer processors")
}

fn cleanup(c: &mut Criterion) {
    // The cost that a cleanup adds to the call that it makes.
    let calls: [(&str, Call); 3] = [
        ("none", call_long),
        ("its function called by hand", call_nothing),
        ("attribute", call_long_cleanup),
    ];
    let mut group = c.benchmark_group("cleanup in a scope of 30 s");
    for (name, f) in calls {
        group.bench_function(name, |b| b.iter_custom(|times| repeat(f, times)));
    }
    group.finish();

    let calls: [(&str, Call); 4] = [
        ("none", call),
        ("its function called by hand", call_then_nothing),
        ("attribute, inherit", call_inherit_cleanup),
        ("defer!", call_defer),
    ];
    let mut group = c.benchmark_group("cleanup under an open scope");
    for (name, f) in calls {
        let run = |times| {
            let open = Budget::timeout(Duration::from_secs(3600));
            open.run(|| repeat(f, times)).expect("an hour is enough")
        };
        group.bench_function(name, |b| b.iter_custom(run));
    }
    group.finish();
}

/// A single call, whose loop takes as many steps as criterion asks for, so that the figure is the time of a step.
fn check(c: &mut Criterion) {
    let loops: [(&str, [(&str, Chain); 3]); 2] = [
        (
            "xorshift",
            [
                ("unguarded", xorshift),
                ("inherit", xorshift_inherit),
                ("timeout", xorshift_timeout),
            ],
        ),
        (
            "collatz",
            [
                ("unguarded", collatz),
                ("inherit", collatz_inherit),
                ("timeout", collatz_timeout),
            ],
        ),
    ];
    for (name, forms) in loops {
        let mut group = c.benchmark_group(format!("check, per iteration of {name}"));
        for (form, f) in forms {
            group.bench_function(form, |b| {
                b.iter_custom(|steps| per_step(f, steps));
            });
        }
        group.finish();
    }
}

fn per_step(f: Chain, steps: u64) -> Duration {
    let start = Instant::now();
    black_box(f(black_box(837_799), black_box(steps)));
    start.elapsed()
}

fn settings() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = scope;
    config = settings();
    targets = enter_and_leave, budgets, recurse, cleanup, check
}
criterion_main!(scope);
