//! A global allocator with guarded functions: the runtime allocates while it opens a thread's first scope, numbers
//! a site or starts its thread, and reaches those functions in the middle of that.

#![allow(unsafe_code, reason = "there is no allocator without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use guard_runtime::{Budget, deadline, defer, loop_guard, remaining, shield, shield_for, snapshot};

static GUARDED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread watches whether the others hang.
    static WATCHES: Cell<bool> = const { Cell::new(false) };
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: each call is passed on to `System` unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if GUARDED.load(Ordering::Relaxed) && !WATCHES.get() {
            within_an_hour();
            within_a_while();
            counted();
            inheriting();
            by_hand();
        }
        // SAFETY: the caller has to guarantee what `System` requires.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller has to guarantee what `System` requires.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[loop_guard(timeout = "1h")]
fn within_an_hour() {
    for _ in 0..3 {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
}

#[loop_guard(timeout = "900ms")]
fn within_a_while() {
    for _ in 0..3 {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
}

#[loop_guard(iterations = 3)]
fn counted() {
    (0..3).for_each(|_| {
        for _ in 0..1 {
            CALLS.fetch_add(1, Ordering::Relaxed);
        }
    });
}

#[loop_guard(inherit)]
fn inheriting() {
    for _ in 0..3 {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
}

/// Scopes and walls that are opened by hand.
fn by_hand() {
    let count = || _ = CALLS.fetch_add(1, Ordering::Relaxed);
    let budget = Budget::timeout(Duration::from_secs(3600)).named("allocator");
    assert!(budget.run(|| remaining().map(|_| count())).is_ok());
    assert!(budget.iterations(5).strict().root().run(count).is_ok());
    defer!(|_| count());
    shield(count);
    shield_for(Duration::from_secs(1), || deadline().map(|_| count()));
}

fn deep(depth: u32) -> usize {
    #[loop_guard(timeout = "1h")]
    fn down(depth: u32) -> usize {
        let mut open = 0;
        while open == 0 {
            open = if depth == 0 {
                // The allocations of a snapshot open scopes on the stack that it is reading.
                let seen = (0..100).map(|_| snapshot().len());
                seen.min().unwrap_or(0)
            } else {
                down(depth - 1)
            };
        }
        open
    }
    down(depth)
}

#[test]
fn what_the_runtime_allocates_may_come_to_guarded_functions() {
    let (done, finished) = mpsc::channel();
    WATCHES.set(true);
    GUARDED.store(true, Ordering::Relaxed);
    let threads = (0..2).map(|_| {
        let done = done.clone();
        thread::spawn(move || {
            // More scopes than the first piece holds, so that the stack grows.
            let open = deep(100);
            assert!(open >= 100, "{open} scopes");
            let sum = Budget::timeout(Duration::from_secs(60)).run(|| vec![1; 3].len());
            assert_eq!(sum.unwrap(), 3);
            done.send(()).unwrap();
        })
    });
    let threads: Vec<_> = threads.collect();
    let outcomes: Vec<_> = threads
        .iter()
        .map(|_| finished.recv_timeout(Duration::from_secs(300)))
        .collect();
    // Disarmed before anything panics, since a panic allocates on threads that do not watch.
    GUARDED.store(false, Ordering::Relaxed);
    assert!(
        outcomes.iter().all(Result::is_ok),
        "no deadlock: {outcomes:?}"
    );
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(CALLS.load(Ordering::Relaxed) > 0);
    assert!(snapshot().is_empty());
}
