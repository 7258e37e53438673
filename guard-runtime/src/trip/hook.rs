//! Who is told of events, as they happen.

use core::cell::Cell;
use core::fmt;
use core::panic::Location as Caller;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use std::any::Any;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use crate::base::location::Location;
use crate::base::reentry;
#[cfg(feature = "metrics")]
use crate::metrics::ledger;
use crate::mode::resolve;
use crate::stack::wall::{Wall, WallKind};
#[cfg(feature = "metrics")]
use crate::trip::event;
use crate::trip::event::Event;
#[cfg(feature = "policy")]
use crate::trip::policy_event::PolicyEvent;
#[cfg(feature = "tracing")]
use crate::trip::traced;
use crate::trip::tripped::Tripped;

/// A hook, as [`take_hook`] returns it.
///
/// ```
/// use guard_runtime::{Hook, set_hook, take_hook};
///
/// set_hook(|event| println!("{event}"));
/// let hook: Option<Hook> = take_hook();
/// assert!(hook.is_some() && take_hook().is_none());
/// ```
pub type Hook = Box<dyn Fn(&Event) + Send + Sync>;

type Shared = Arc<dyn Fn(&Event) + Send + Sync>;

static HOOK: RwLock<Option<Shared>> = RwLock::new(None);

/// Whether there is a hook. Without one, a trip that an error reports does nothing more.
static HOOKED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether this thread is running the hook.
    static REPORTING: Cell<bool> = const { Cell::new(false) };
}

/// Calls `hook` with every [`Event`] of the process from now on. Replaces the current hook; [`add_hook`] keeps it.
///
/// The hook runs on the thread to which the event happened, [shielded](crate::shield()) from that thread's budgets
/// and with no lock held. It may call guarded code, and it may panic: neither changes how the scope is left. Events
/// that happen while it runs are not reported to it. Without a hook, every event that nothing else reports (all but
/// [`Event::Tripped`] and [`Event::Late`]) is one line on stderr. With the feature `tracing`, a subscriber receives
/// all events as well, inside the span in which they happened, and nothing goes to stderr.
///
/// ```
/// use guard_runtime::{Event, loop_guard, set_hook};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// static BROKEN: AtomicU32 = AtomicU32::new(0);
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
///     Event::LoopBroken { .. } => _ = BROKEN.fetch_add(1, Ordering::Relaxed),
///     _ => println!("{event}"), // to the log
/// });
/// assert_eq!(count(), 10);
/// assert_eq!(BROKEN.load(Ordering::Relaxed), 1);
/// # }
/// ```
pub fn set_hook(hook: impl Fn(&Event) + Send + Sync + 'static) {
    drop(replace(|_| Some(Arc::new(hook))));
}

/// Calls `hook` with every [`Event`] from now on, after the hooks that exist already, so that an application and
/// its libraries can all listen.
///
/// A hook that panics does not keep the others from being called. Everything else is as in [`set_hook`].
///
/// ```
/// use guard_runtime::{Budget, add_hook, checkpoint, set_hook, take_hook};
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::time::Duration;
///
/// static TOLD: AtomicU32 = AtomicU32::new(0);
///
/// set_hook(|_| _ = TOLD.fetch_add(1, Ordering::Relaxed)); // the application's
/// add_hook(|_| _ = TOLD.fetch_add(10, Ordering::Relaxed)); // a library's
/// let run = || Budget::timeout(Duration::from_millis(1)).run(|| while checkpoint().is_ok() {});
/// assert!(run().is_ok());
/// assert_eq!(TOLD.load(Ordering::Relaxed), 11);
///
/// assert!(take_hook().is_some());
/// assert!(run().is_ok());
/// assert_eq!(TOLD.load(Ordering::Relaxed), 11);
/// ```
pub fn add_hook(hook: impl Fn(&Event) + Send + Sync + 'static) {
    drop(replace(|before| {
        Some(match before {
            None => Arc::new(hook),
            Some(before) => Arc::new(move |event: &Event| {
                let outcome = catch_unwind(AssertUnwindSafe(|| before(event)));
                hook(event);
                if let Err(payload) = outcome {
                    discard(payload);
                }
            }),
        })
    }));
}

/// Removes the hook and returns it, together with everything that [`add_hook`] added to it; `None` if there is
/// none.
///
/// ```
/// use guard_runtime::{set_hook, take_hook};
///
/// set_hook(|event| println!("{event}"));
/// let before = take_hook().expect("the one that was just set");
/// set_hook(move |event| {
///     before(event);
///     eprintln!("{event}");
/// });
/// # drop(take_hook());
/// assert!(take_hook().is_none());
/// ```
#[allow(
    clippy::must_use_candidate,
    reason = "one can remove the hook and not want it back"
)]
pub fn take_hook() -> Option<Hook> {
    let before = replace(|_| None)?;
    Some(Box::new(move |event| before(event)))
}

/// Replaces the hook and returns the previous one. Its destructor is the user's code, so the caller drops it
/// without the lock.
fn replace(make: impl FnOnce(Option<Shared>) -> Option<Shared>) -> Option<Shared> {
    let mut place = HOOK.write().unwrap_or_else(PoisonError::into_inner);
    let before = place.clone();
    *place = reentry::bar(|| make(place.take()));
    let hooked = place.is_some();
    HOOKED.store(hooked, Ordering::Relaxed);
    drop(place);
    resolve::hear(hooked || is_traced());
    before
}

/// Reports that a trip ended a loop under `on_trip = "break"`.
#[doc(hidden)]
#[cold]
#[inline(never)]
pub fn broken(tripped: Tripped) {
    report(&Event::LoopBroken { tripped });
}

/// Tells the hook of a trip, if there is a hook.
pub(crate) fn tripped(tripped: &Tripped) {
    #[cfg(feature = "metrics")]
    ledger::fired(tripped.scope(), event::cause(tripped.cause()).0);
    if HOOKED.load(Ordering::Relaxed) || is_traced() {
        report(&Event::Tripped(tripped.clone()));
    }
}

/// Reports what a policy does, if anybody listens.
#[cfg(feature = "policy")]
#[cold]
pub(crate) fn policy(event: PolicyEvent) {
    if HOOKED.load(Ordering::Relaxed) || is_traced() {
        report(&Event::Policy(event));
    }
}

/// Passes the event to the hook; without a hook, prints it on stderr if nothing else reports it. Never panics.
#[cold]
pub(crate) fn report(event: &Event) {
    let traced = trace(event);
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    match hook.filter(|_| !REPORTING.get()) {
        Some(hook) => {
            REPORTING.set(true);
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| {
                {
                    let _wall = Wall::open_exact(WallKind::Root, u64::MAX, Caller::caller());
                    hook(event);
                }
                drop(hook);
            })) {
                discard(payload);
            }
            REPORTING.set(false);
        }
        None if event.is_told_elsewhere() || traced => {}
        None => line(&format_args!("{event}")),
    }
}

/// Whether a subscriber of `tracing` receives events.
pub(crate) fn is_traced() -> bool {
    #[cfg(feature = "tracing")]
    return traced::is_on();
    #[cfg(not(feature = "tracing"))]
    return false;
}

/// Passes the event to the subscriber of `tracing`, if there is one: its code is the user's, like a hook's.
fn trace(event: &Event) -> bool {
    #[cfg(feature = "tracing")]
    if traced::is_on() && !REPORTING.replace(true) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| {
            let _wall = Wall::open_exact(WallKind::Root, u64::MAX, Caller::caller());
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

/// Prints one line on stderr. A closed stderr is no reason to panic.
pub(crate) fn line(text: &fmt::Arguments<'_>) {
    _ = writeln!(std::io::stderr(), "{text}");
}

/// Reports that the cleanup at `location` panicked, and that the panic ends here.
#[cold]
pub(crate) fn cleanup_panicked(location: Location, payload: Box<dyn Any + Send>) {
    report(&Event::CleanupPanicked {
        location,
        message: message(&*payload),
    });
    discard(payload);
}

/// Reports that the `what` (cleanup or shield) at `location` took `elapsed`, more than its `limit`.
#[cold]
pub(crate) fn overran(what: &'static str, location: Location, limit: u64, elapsed: u64) {
    report(&Event::CleanupOverrun {
        what,
        location,
        limit: Duration::from_nanos(limit),
        elapsed: Duration::from_nanos(elapsed),
    });
}

/// The message of a panic.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(a value, not a text)").to_owned()
}

/// Drops the payload of a panic, whose destructor may panic as well.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        core::mem::forget(payload);
    }
}
