//! The same budgets as arguments of the attribute: `cpu`, `depth`, `when`, `cancel`, `budget`.

use std::cell::Cell;
use std::hint::spin_loop;
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, CancelToken, Cause, Exit, Tripped, checkpoint, loop_guard, testing};

const SECOND: Duration = Duration::from_secs(1);

fn is_cancelled(tripped: &Tripped, why: &str) -> bool {
    matches!(tripped.cause(), Cause::Cancelled { reason, .. } if reason == why)
}

/// A million levels asked of a function on a stack of 512 KiB, in a debug build.
#[test]
fn a_million_levels_of_recursion_on_a_small_stack() {
    const STACK: usize = 512 * 1024;

    #[loop_guard(depth = 1000)]
    fn descend(levels: u64, deepest: &Cell<(u64, usize)>) -> Result<u64, Tripped> {
        let here = (&raw const levels).addr();
        deepest.set((deepest.get().0 + 1, here));
        if levels == 0 {
            Ok(0)
        } else {
            Ok(descend(levels - 1, deepest)? + 1)
        }
    }
    let run = || {
        let deepest = Cell::new((0, 0));
        let top = (&raw const deepest).addr();
        let tripped = descend(1_000_000, &deepest).unwrap_err();
        let (levels, bottom) = deepest.get();
        let again = descend(999, &deepest);
        (tripped, levels, top - bottom, again)
    };
    let small = thread::Builder::new().stack_size(STACK);
    let (tripped, levels, used, again) = small.spawn(run).unwrap().join().unwrap();
    assert_eq!(tripped.cause(), Cause::Depth { limit: 1000 });
    assert!(tripped.scope().ends_with("::descend"), "{tripped}");
    assert_eq!(levels, 1000, "the one too deep did not run its body");
    assert_eq!(again.unwrap(), 999);
    // A thread may get a larger stack than it asked for, from a thread that has ended.
    assert!(used < STACK, "{used} bytes for {levels} levels");
}

#[test]
fn sums_of_plain_numbers_are_not_of_32_bits() {
    #[loop_guard(iterations = 1 << 60)]
    fn count(turns: u32) -> Result<u32, Tripped> {
        let mut counted = 0;
        for turn in 0..turns {
            counted = turn;
        }
        Ok(counted)
    }
    #[loop_guard(depth = (4 * 1_000_000_000) / 2_000_000_000 - 1, iterations = !0)]
    fn nest(levels: u64) -> Result<u64, Tripped> {
        let mut nested = 0;
        while nested < levels {
            nested += 1 + nest(levels - 1)?;
        }
        Ok(nested)
    }
    #[loop_guard(iterations = 2 << turns)]
    async fn waits(turns: u8) -> Result<(), Tripped> {
        loop {
            smol::future::yield_now().await;
        }
    }
    assert_eq!(count(3).unwrap(), 2);
    assert_eq!(nest(0).unwrap(), 0);
    assert_eq!(nest(1).unwrap_err().cause(), Cause::Depth { limit: 1 });
    let tripped = smol::block_on(waits(3)).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 16 });
}

#[test]
fn no_level_at_all() {
    #[loop_guard(depth = levels, fallback = |tripped: Tripped| Some(tripped.cause()))]
    fn enter(levels: u8) -> Option<Cause> {
        None
    }
    assert_eq!(enter(0), Some(Cause::Depth { limit: 0 }));
    assert_eq!(enter(1), None);
}

#[loop_guard(cancel = token.clone(), name = "worker")]
fn work(token: &CancelToken, stop_at: u64) -> Result<(), Tripped> {
    let mut turns = 0;
    loop {
        turns += 1;
        if turns == stop_at {
            token.cancel("enough");
        }
        assert!(turns <= stop_at, "the next check trips");
    }
}

#[test]
fn a_cancel_leaves_the_loop() {
    let token = CancelToken::new();
    let tripped = work(&token, 1000).unwrap_err();
    assert_eq!(tripped.scope(), "worker");
    assert!(is_cancelled(&tripped, "enough"), "{tripped}");
    assert!(is_cancelled(&work(&token, 0).unwrap_err(), "enough"));
    assert!(checkpoint().is_ok());
}

#[test]
fn a_cancel_leaves_closures_and_the_fallback_is_out_of_the_scope() {
    #[loop_guard(cancel = token.clone(), fallback = checkpoint().is_ok())]
    fn in_closures(token: &CancelToken) -> bool {
        token.cancel("stop");
        (0..10).map(|_| loop {}).count() > 10
    }
    assert!(in_closures(&CancelToken::new()));
}

#[test]
fn a_cleanup_is_told_and_not_cut() {
    #[loop_guard(cancel = token.clone(), timeout = "1h", cleanup = |exit| seen.set(matches!(exit, Exit::Tripped(_)) && checkpoint().is_ok()))]
    fn cleaned(token: &CancelToken, seen: &Cell<bool>) -> Result<(), Tripped> {
        token.cancel("stop");
        loop {
            spin_loop();
        }
    }
    let seen = Cell::new(false);
    assert!(cleaned(&CancelToken::new(), &seen).is_err());
    assert!(seen.get());
}

#[test]
fn methods_and_time_beside() {
    struct Worker(CancelToken);
    #[loop_guard(timeout = "1s", cancel = self.0.clone(), on_trip = "break")]
    impl Worker {
        fn turns(&self) -> u32 {
            let mut turns = 0;
            loop {
                turns += 1;
                testing::advance(SECOND);
                if turns > 10 {
                    break;
                }
            }
            turns
        }
    }
    let _paused = testing::pause();
    assert_eq!(Worker(CancelToken::new()).turns(), 2);
}

#[loop_guard(timeout = "1s", iterations = 3, when = "all")]
fn both(step: Duration, turns: &Cell<u32>) -> Result<(), Tripped> {
    loop {
        turns.set(turns.get() + 1);
        testing::advance(step);
    }
}

#[test]
fn all_takes_the_last_one() {
    let _paused = testing::pause();
    let turns = Cell::new(0);
    let tripped = both(5 * SECOND, &turns).unwrap_err();
    assert_eq!(turns.replace(0), 3, "exactly as many as are allowed");
    let Cause::All {
        time: Some(_),
        iterations: Some(iterations),
        cpu: None,
        depth: None,
        ..
    } = tripped.cause()
    else {
        panic!("{tripped}")
    };
    assert_eq!((iterations.limit, iterations.used), (3, 4));
    assert!(both(SECOND / 10, &turns).is_err());
    assert_eq!(turns.get(), 11, "1 s is not over after ten of 0.1 s");
}

#[test]
fn any_takes_the_first_one() {
    #[loop_guard(iterations = 3, depth = 1, when = "any")]
    fn count(turns: &Cell<u32>) -> Result<(), Tripped> {
        for _ in 0..10 {
            turns.set(turns.get() + 1);
        }
        Ok(())
    }
    let turns = Cell::new(0);
    let tripped = count(&turns).unwrap_err();
    assert_eq!(
        (tripped.cause(), turns.get()),
        (Cause::Iterations { limit: 3 }, 3)
    );
}

struct Tenant {
    budget: Budget,
}

#[loop_guard(budget = tenant.budget)]
fn rows(tenant: &Tenant, rows: u64) -> Result<u64, Tripped> {
    let mut read = 0;
    for _ in 0..rows {
        read += 1;
    }
    Ok(read)
}

#[loop_guard(budget = tenant.budget)]
fn rows_in_closures(tenant: Tenant, rows: u64) -> Result<u64, Tripped> {
    let read = || {
        let mut read = 0;
        for _ in 0..rows {
            read += 1;
        }
        read
    };
    let read = read();
    drop(tenant);
    Ok(read)
}

#[test]
fn limits_that_are_read_at_run_time() {
    for limit in [0, 3, 100] {
        let budget = Budget::new().iterations(limit).named("tenant");
        let tenant = Tenant { budget };
        assert_eq!(rows(&tenant, limit).unwrap(), limit);
        for tripped in [
            rows(&tenant, limit + 1).unwrap_err(),
            rows_in_closures(tenant, limit + 1).unwrap_err(),
        ] {
            assert_eq!(tripped.scope(), "tenant");
            assert_eq!(tripped.cause(), Cause::Iterations { limit });
        }
    }
    let budget = Budget::new();
    assert_eq!(rows_in_closures(Tenant { budget }, 1000).unwrap(), 1000);
    let budget = Budget::timeout(Duration::ZERO);
    let tripped = rows(&Tenant { budget }, 1_000_000).unwrap_err();
    assert!(tripped.scope().ends_with("::rows"), "{tripped}");
}

#[test]
fn a_budget_that_is_a_root() {
    #[loop_guard(budget = Budget::new().iterations(5).root())]
    fn apart(each: u32) -> Result<u32, Tripped> {
        let turns = |_| {
            let mut turns = 0;
            while turns < each {
                turns += 1;
            }
            turns
        };
        Ok((0..2).map(turns).sum())
    }
    let token = CancelToken::new();
    token.cancel("around");
    let around = Budget::new().cancel(CancelToken::new()).depth(1);
    let ran = around.run(|| {
        Budget::timeout(SECOND)
            .cancel(token.clone())
            .run(|| apart(1))
    });
    assert!(ran.unwrap().is_err(), "it is not entered");
    let ran = around.run(|| {
        #[loop_guard(cancel = token.clone(), on_trip = "break")]
        fn around(token: &CancelToken) -> Result<u32, Tripped> {
            token.cancel("around");
            apart(1)
        }
        around(&CancelToken::new())
    });
    assert_eq!(ran.unwrap().unwrap(), 2);
    let tripped = apart(3).unwrap_err();
    assert_eq!(tripped.cause(), Cause::Iterations { limit: 5 });
}

#[test]
fn a_budget_that_is_strict() {
    #[loop_guard(budget = budget)]
    fn late(budget: &Budget, steps: u32) -> Result<u32, Tripped> {
        testing::advance(SECOND * steps);
        Ok(steps)
    }
    #[loop_guard(budget = budget, fallback = names.len(), cleanup = |exit| seen.set(matches!(exit, Exit::Tripped(_))))]
    fn falls_back(budget: &Budget, names: &mut Vec<u32>, seen: &Cell<bool>) -> usize {
        names.push(1);
        if names.len() > 1 {
            return 7;
        }
        let later = || testing::advance(2 * SECOND);
        later();
        8
    }
    #[loop_guard(budget = budget, on_trip = "break")]
    fn breaks(budget: &Budget, turns: u32) -> u32 {
        let mut turned = 0;
        for _ in 0..turns {
            turned += 1;
        }
        testing::advance(2 * SECOND);
        turned
    }
    let _paused = testing::pause();
    let (lenient, seen) = (Budget::timeout(SECOND).named("late"), Cell::new(false));
    assert_eq!(late(&lenient, 2).unwrap(), 2);
    assert_eq!(falls_back(&lenient, &mut Vec::new(), &seen), 8);
    assert!(!seen.get());
    let strict = lenient.strict();
    assert_eq!(late(&strict, 1).unwrap(), 1, "at the deadline itself");
    let tripped = late(&strict, 2).unwrap_err();
    assert_eq!(tripped.scope(), "late");
    assert!(matches!(tripped.cause(), Cause::Timeout { .. }));
    let mut names = Vec::new();
    assert_eq!(falls_back(&strict, &mut names, &seen), 1);
    assert!(seen.get());
    assert_eq!(falls_back(&strict, &mut names, &seen), 7);
    assert!(!seen.get(), "in time");
    assert_eq!(breaks(&strict, 3), 3, "it has no loop to break any more");
}

/// A loop that counts has its scope in hand, which must not end with the body.
#[test]
fn strict_functions_that_count() {
    #[loop_guard(budget = Budget::timeout(SECOND).iterations(9).strict())]
    fn by_budget(turns: u32) -> Result<u32, Tripped> {
        let mut turned = 0;
        for _ in 0..turns {
            turned += 1;
        }
        testing::advance(2 * SECOND);
        Ok(turned)
    }
    #[loop_guard(timeout = "1s", iterations = 9, strict)]
    fn by_argument(turns: u32) -> Result<u32, Tripped> {
        let mut turned = 0;
        for _ in 0..turns {
            turned += 1;
        }
        testing::advance(2 * SECOND);
        Ok(turned)
    }
    let _paused = testing::pause();
    for counts in [by_budget, by_argument] {
        assert!(matches!(
            counts(9).unwrap_err().cause(),
            Cause::Timeout { .. }
        ));
        let cause = counts(10).unwrap_err().cause();
        assert_eq!(cause, Cause::Iterations { limit: 9 });
    }
}

#[cfg(feature = "cpu")]
mod cpu;
mod futures;
