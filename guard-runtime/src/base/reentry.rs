//! The runtime allocates now and then, also under its locks, and a global allocator can have guarded
//! functions. While a thread does such work for the runtime, these open no scope and find nothing due:
//! they would wait for the lock that their own thread holds, or lease a stack to lease a stack.

#[cfg(not(guard_loom))]
use core::cell::Cell;

#[cfg(not(guard_loom))]
thread_local! {
    static BARRED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in [`bar`].
#[cfg(not(guard_loom))]
pub(crate) fn is_barred() -> bool {
    BARRED.get()
}

/// Does work that allocates.
#[cfg(not(guard_loom))]
pub(crate) fn bar<T>(work: impl FnOnce() -> T) -> T {
    struct Reset(bool);
    impl Drop for Reset {
        fn drop(&mut self) {
            BARRED.set(self.0);
        }
    }
    let _reset = Reset(BARRED.replace(true));
    work()
}

/// Loom's threads share those of the standard library's, and its models have no allocator.
#[cfg(guard_loom)]
pub(crate) fn bar<T>(work: impl FnOnce() -> T) -> T {
    work()
}
