//! What policies allocate: nothing in a call that is let through, but at the first one. And what a token does.

#![allow(unsafe_code, reason = "there is no allocator without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use guard_runtime::policy::{Breaker, Bulkhead, Errors, Retry};
use guard_runtime::{Budget, CancelToken, Tripped, loop_guard};

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: each call goes to `System` as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static LEDGER: Breaker = Breaker::new();
static JUDGING: Breaker<Errors<u32>> = Breaker::new().errors(|_| true);
static REPORTS: Bulkhead = Bulkhead::new(2);
const RETRY: Retry = Retry::attempts(3);

#[loop_guard(timeout = "1h", breaker = LEDGER, bulkhead = REPORTS, retry = RETRY)]
fn guarded(turns: u32) -> Result<u32, Tripped> {
    let mut sum = 0;
    for turn in 0..turns {
        sum += black_box(turn);
    }
    Ok(sum)
}

/// How many allocations a thousand calls make, after a first one.
fn allocations(mut call: impl FnMut()) -> u64 {
    call();
    let before = COUNT.get();
    for _ in 0..1000 {
        call();
    }
    COUNT.get() - before
}

#[test]
fn a_call_that_is_let_through_allocates_nothing() {
    let all = || {
        assert_eq!(
            allocations(|| _ = black_box(Box::new(7))),
            1000,
            "it counts"
        );
        assert_eq!(allocations(|| LEDGER.run(|| ()).unwrap()), 0, "a breaker");
        assert_eq!(
            allocations(|| _ = JUDGING.run(|| Ok::<_, u32>(7))),
            0,
            "that judges"
        );
        assert_eq!(allocations(|| REPORTS.run(|| ()).unwrap()), 0, "a bulkhead");
        assert_eq!(
            allocations(|| _ = RETRY.run(|| Ok::<_, ()>(()))),
            0,
            "a retry"
        );
        // With metrics, one scope in 64 writes down how long it took.
        let most = if cfg!(feature = "metrics") {
            1000 / 64 + 1
        } else {
            0
        };
        let all = allocations(|| _ = guarded(3).unwrap());
        assert!(all <= most, "all of them: {all}");
    };
    all();
    Budget::new().iterations(u64::MAX).run(all).unwrap();
}

/// Its budget, its account, and the token that both share.
#[test]
fn a_scope_with_a_token_allocates_three_times() {
    #[loop_guard(cancel = token)]
    fn cancelled(token: &CancelToken) -> Result<u32, Tripped> {
        for _ in 0..3 {
            black_box(token);
        }
        Ok(7)
    }

    let token = CancelToken::new();
    let all = allocations(|| _ = cancelled(&token).unwrap());
    // With metrics, one scope in 64 writes down how long it took.
    assert!((3000..=3016).contains(&all), "{all}");
}
