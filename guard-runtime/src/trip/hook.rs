//! Who is told what happened, as it happens.

use core::cell::Cell;
use core::fmt;
use core::panic::Location as Caller;
use core::sync::atomic::{AtomicBool, Ordering};
use std::any::Any;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use crate::stack::wall::{Kind, Wall};
use crate::trip::event::Event;
#[cfg(feature = "tracing")]
use crate::trip::traced;
use crate::trip::tripped::Tripped;

type Hook = Arc<dyn Fn(&Event) + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);

/// Whether there is a hook; trips that have an error to tell of them need not look for more.
static HOOKED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread's hook is running.
    static REPORTING: Cell<bool> = const { Cell::new(false) };
}

/// Calls `hook` with every [`Event`] of the process from now on, in place of the one before.
///
/// It runs on the thread to which it happened, [shielded](crate::shield) from that thread's budgets
/// and with no lock held. It may call guarded code, and panic: neither changes the way that the
/// scope is left. What happens while it runs is not told to it again. Without a hook, what nobody
/// would be told otherwise (everything but [`Event::Tripped`]) is one line on stderr. With the feature `tracing`, a
/// subscriber is told of everything as well, inside the span to which it happened, and then nothing goes to stderr.
///
/// ```
/// use guard_runtime::{Event, loop_guard, set_hook};
///
/// #[loop_guard(iterations = 10, on_trip = "break")]
/// fn count() -> u32 {
///     let mut n = 0;
///     loop {
///         n += 1;
///     }
///     n
/// }
///
/// # fn main() {
/// set_hook(|event| match event {
///     Event::BrokenOff { .. } => println!("{event}"), // to the log
///     _ => {}
/// });
/// assert_eq!(count(), 10);
/// # }
/// ```
pub fn set_hook(hook: impl Fn(&Event) + Send + Sync + 'static) {
    let mut place = HOOK.write().unwrap_or_else(PoisonError::into_inner);
    let before = place.replace(Arc::new(hook));
    HOOKED.store(true, Ordering::Relaxed);
    drop(place);
    // Its destructor is the user's: no lock is held.
    drop(before);
}

/// Reports that a loop was broken.
#[doc(hidden)]
#[cold]
#[inline(never)]
pub fn broken(tripped: Tripped) {
    report(&Event::BrokenOff { tripped });
}

/// Tells the hook, if there is one.
pub(crate) fn tripped(tripped: &Tripped) {
    if HOOKED.load(Ordering::Relaxed) || is_traced() {
        report(&Event::Tripped(tripped.clone()));
    }
}

/// Tells the hook; without one, stderr what would be lost. Never panics.
#[cold]
pub(crate) fn report(event: &Event) {
    let traced = trace(event);
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    match hook.filter(|_| !REPORTING.get()) {
        Some(hook) => {
            REPORTING.set(true);
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| {
                {
                    let _wall = Wall::open_exact(Kind::Shield, u64::MAX, Caller::caller());
                    hook(event);
                }
                drop(hook);
            })) {
                discard(payload);
            }
            REPORTING.set(false);
        }
        None if event.is_lost() && !traced => {
            line(&format_args!("{event}"));
        }
        None => {}
    }
}

/// Whether a subscriber of `tracing` is told of events.
fn is_traced() -> bool {
    #[cfg(feature = "tracing")]
    return traced::is_on();
    #[cfg(not(feature = "tracing"))]
    return false;
}

/// Tells the subscriber of `tracing`, if there is one: its code is the user's, as a hook's is.
fn trace(event: &Event) -> bool {
    #[cfg(feature = "tracing")]
    if traced::is_on() && !REPORTING.replace(true) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| {
            let _wall = Wall::open_exact(Kind::Shield, u64::MAX, Caller::caller());
            traced::emit(&event.fields(), event);
        })) {
            discard(payload);
        }
        REPORTING.set(false);
        return true;
    }
    let _ = event;
    false
}

/// One line on stderr. A closed one is no reason to panic.
pub(crate) fn line(text: &fmt::Arguments<'_>) {
    _ = writeln!(std::io::stderr(), "{text}");
}

/// What a panic said.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(a value, not a text)").to_owned()
}

/// Drops a panic's value, whose destructor may panic as well.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        core::mem::forget(payload);
    }
}
