//! The events that the hook has received. A process has one hook, which this module sets; it keeps the events of each
//! thread.

use std::cell::{Cell, RefCell};
use std::panic;
use std::sync::{Mutex, Once, PoisonError};

use guard_runtime::{Event, set_hook};

thread_local! {
    static EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// Whether panics of this thread are expected.
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// What else the hook does on this thread.
    static THEN: Cell<Option<fn(&Event)>> = const { Cell::new(None) };
}

/// The listeners to the events of all threads.
static LISTENERS: Mutex<Vec<fn(&Event)>> = Mutex::new(Vec::new());

fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_hook(|event| {
            _ = EVENTS.try_with(|events| events.borrow_mut().push(event.to_string()));
            let listeners = LISTENERS
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            for listener in listeners {
                listener(event);
            }
            if let Ok(Some(then)) = THEN.try_with(Cell::get) {
                then(event);
            }
        });
        let noisy = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                noisy(info);
            }
        }));
    });
}

/// The events on this thread since the last call.
pub fn take() -> Vec<String> {
    collect();
    EVENTS.take()
}

/// Calls `then` with each event of this thread, from now on.
pub fn then(then: Option<fn(&Event)>) {
    collect();
    THEN.set(then);
}

/// Calls `listener` with each event of any thread, from now on.
pub fn listen(listener: fn(&Event)) {
    collect();
    LISTENERS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(listener);
}

/// Calls `f`, and suppresses the messages of its panics.
pub fn silently<T>(f: impl FnOnce() -> T) -> T {
    collect();
    QUIET.set(true);
    let value = f();
    QUIET.set(false);
    value
}
