//! What happened, as it happens.

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
use crate::stack::wall::{Kind, Wall};
use crate::trip::tripped::Tripped;

/// Something that happened to a scope, for the hook of [`set_hook`]. Prints as one line.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A scope tripped: once for each activation, at the check that noticed first.
    Tripped(Tripped),
    /// A loop was broken off, as `on_trip = "break"` says, and the function went on behind it.
    #[non_exhaustive]
    BrokenOff {
        /// The trip that nobody else is told of.
        tripped: Tripped,
    },
    /// A cleanup, or a [`shield_for`](crate::shield_for), took longer than it may.
    #[non_exhaustive]
    CleanupOverrun {
        /// `cleanup` or `shield`.
        what: &'static str,
        /// Where it is written.
        location: Location,
        /// The time it may take.
        limit: Duration,
        /// The time it took.
        elapsed: Duration,
    },
    /// A cleanup panicked while the thread was unwinding already, and the first panic goes on; or one that
    /// was spawned, as its future had been dropped.
    #[non_exhaustive]
    Panicked {
        /// Where the cleanup is written.
        location: Location,
        /// What it said.
        message: String,
    },
    /// A cleanup could not run.
    #[non_exhaustive]
    Lost {
        /// Where it is written.
        location: Location,
    },
}

impl Event {
    /// Whether nobody would know of it without a hook.
    fn is_lost(&self) -> bool {
        !matches!(self, Self::Tripped(_))
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tripped(tripped) => write!(f, "{tripped}"),
            Self::BrokenOff { tripped } => write!(
                f,
                "{tripped}; the loop was broken off, as `on_trip = \"break\"` says"
            ),
            Self::CleanupOverrun {
                what,
                location,
                limit,
                elapsed,
            } => write!(
                f,
                "loop guard: the {what} at {location} took too long: {limit:?} allowed, {elapsed:.3?} taken"
            ),
            Self::Panicked { location, message } => write!(
                f,
                "loop guard: the cleanup at {location} panicked, which goes no further: {message}"
            ),
            Self::Lost { location } => {
                write!(f, "loop guard: the cleanup at {location} could not run")
            }
        }
    }
}

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
/// would be told otherwise (everything but [`Event::Tripped`]) is one line on stderr.
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
    if HOOKED.load(Ordering::Relaxed) {
        report(&Event::Tripped(tripped.clone()));
    }
}

/// Tells the hook; without one, stderr what would be lost. Never panics.
#[cold]
pub(crate) fn report(event: &Event) {
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
        None if event.is_lost() => {
            line(&format_args!("{event}"));
        }
        None => {}
    }
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
