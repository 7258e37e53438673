//! Guarded functions that the runtime comes to itself, through a global allocator.
//!
//! The runtime allocates now and then, also under its own locks. While a thread does that, guarded functions
//! find nothing due, and open no scope unless they can without a lock and a lease: they would wait for the lock
//! that their own thread holds, or lease a stack in order to lease a stack.

use core::cell::Cell;

thread_local! {
    static BARRED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in [`bar`].
pub(crate) fn is_barred() -> bool {
    BARRED.get()
}

/// Does work that allocates.
pub(crate) fn bar<T>(work: impl FnOnce() -> T) -> T {
    struct Reset(bool);
    impl Drop for Reset {
        fn drop(&mut self) {
            BARRED.set(self.0);
        }
    }
    // Loom's threads share the standard library's thread-locals, and its models have no such allocator.
    if cfg!(guard_loom) {
        return work();
    }
    let _reset = Reset(BARRED.replace(true));
    work()
}
