//! Guarded functions that the runtime itself reaches through a global allocator.
//!
//! The runtime allocates now and then, sometimes while it holds one of its own locks. If the global allocator
//! contains guarded functions, these could wait for the lock that their own thread holds, or lease a stack in order
//! to lease a stack. So while a thread is in [`bar`], guarded functions find nothing due, and they open a scope
//! only if that needs neither a lock nor a lease.

use core::cell::Cell;

thread_local! {
    static BARRED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in [`bar`].
pub(crate) fn is_barred() -> bool {
    BARRED.get()
}

/// Runs `work`, which may allocate.
pub(crate) fn bar<T>(work: impl FnOnce() -> T) -> T {
    struct Reset(bool);
    impl Drop for Reset {
        fn drop(&mut self) {
            BARRED.set(self.0);
        }
    }
    // Loom's threads share the standard library's thread-locals, and its models have no guarded allocator.
    if cfg!(guard_loom) {
        return work();
    }
    let _reset = Reset(BARRED.replace(true));
    work()
}
