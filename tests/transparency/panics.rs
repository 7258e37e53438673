//! What the panic hook was told, recorded per thread, so that tests can run in parallel.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Once;

thread_local! {
    static TOLD: RefCell<Vec<(u32, String)>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f`. Returns its value (`None` if it unwound), and the line and message of every call of the panic hook.
pub(crate) fn of<T>(f: impl FnOnce() -> T) -> (Option<T>, Vec<(u32, String)>) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        set_hook(Box::new(|info| {
            let line = info.location().map_or(0, std::panic::Location::line);
            let payload = info.payload();
            let text = (payload.downcast_ref::<String>().cloned())
                .or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string))
                .unwrap_or_default();
            eprintln!("panic at line {line}: {text}");
            TOLD.with_borrow_mut(|told| told.push((line, text)));
        }));
    });
    TOLD.take();
    let value = catch_unwind(AssertUnwindSafe(f)).ok();
    (value, TOLD.take())
}

/// The value of `f`, which must not call the panic hook.
#[track_caller]
pub(crate) fn none<T>(f: impl FnOnce() -> T) -> T {
    let (value, told) = of(f);
    assert_eq!(told, []);
    value.expect("it returned")
}

/// The message of the one panic of `f`.
#[track_caller]
pub(crate) fn one<T>(f: impl FnOnce() -> T) -> String {
    let (value, mut told) = of(f);
    assert!(value.is_none(), "it returned");
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0).1
}
