//! The error.

use core::fmt;
use core::time::Duration;
use std::backtrace::Backtrace;
use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};

use crate::base::location::{At, Location};
use crate::base::reentry;
use crate::base::site::Site;

/// A budget ran out: which scope's, why, and which loop noticed.
///
/// One pointer wide, cheap to clone. Prints as one line:
///
/// ```text
/// loop guard: app::settle (src/settle.rs:41) ran out of time: 30s allowed, 30.001s used; noticed in the `while` at src/settle.rs:57:9
/// ```
///
/// Guarded functions return it by `E: From<Tripped>`, which exists for `Tripped` itself, for [`io::Error`]
/// ([`TimedOut`](io::ErrorKind::TimedOut), or [`Interrupted`](io::ErrorKind::Interrupted) after a cancel or in a
/// shutdown), `Box<dyn Error + Send + Sync>`, and for types that convert from any error (`anyhow::Error`,
/// `eyre::Report`).
///
/// An error type of your own keeps the trip findable if it holds it as a *source*. With `thiserror`, that is
/// `#[error("stopped")] Tripped(#[from] Tripped)`; `#[error(transparent)]` leaves the trip out of the chain, since
/// it passes on the trip's own source, and the trip has none. For the same reason, an [`io::Error`] hides it from who
/// walks the chain, and so does a boxed error that another type holds (`anyhow::Error::from_boxed`). Ask what they
/// hold: `error.get_ref().and_then(|held| held.downcast_ref::<Tripped>())`. The variant by hand:
///
/// ```
/// use guard_runtime::{Tripped, loop_guard};
/// use std::{error::Error, fmt};
///
/// #[derive(Debug)]
/// enum ImportError {
///     Stopped(Tripped),
/// }
///
/// impl fmt::Display for ImportError {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("stopped")
///     }
/// }
///
/// impl Error for ImportError {
///     fn source(&self) -> Option<&(dyn Error + 'static)> {
///         let Self::Stopped(tripped) = self;
///         Some(tripped)
///     }
/// }
///
/// impl From<Tripped> for ImportError {
///     fn from(tripped: Tripped) -> Self {
///         Self::Stopped(tripped)
///     }
/// }
///
/// #[loop_guard(iterations = 10)]
/// fn import() -> Result<(), ImportError> {
///     loop {}
/// }
///
/// # fn main() {
/// let error = import().unwrap_err();
/// let tripped = error.source().unwrap().downcast_ref::<Tripped>();
/// assert!(tripped.unwrap().scope().ends_with("::import"));
/// # }
/// ```
///
/// ```
/// use guard_runtime::{Cause, Tripped, loop_guard};
///
/// #[loop_guard(iterations = 10)]
/// fn count() -> Result<(), Tripped> {
///     loop {}
/// }
///
/// let tripped = count().unwrap_err();
/// assert_eq!(tripped.cause(), Cause::Iterations { limit: 10 });
/// assert!(tripped.scope().ends_with("::count"));
/// ```
#[derive(Clone)]
pub struct Tripped(Arc<Trip>);

#[derive(Debug)]
struct Trip {
    site: &'static Site,
    at: At,
    cause: Cause,
    backtrace: Option<Backtrace>,
}

/// Why a scope tripped.
///
/// ```
/// use guard_runtime::{Budget, Cause, checkpoint};
///
/// let tripped = Budget::new().iterations(2).run(|| {
///     loop {
///         if let Err(tripped) = checkpoint() {
///             break tripped;
///         }
///     }
/// });
/// assert_eq!(tripped.unwrap().cause(), Cause::Iterations { limit: 2 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The wall-clock budget is spent.
    Timeout {
        /// The budget.
        limit: Duration,
        /// The time from entry to the check that noticed; always more than `limit`.
        elapsed: Duration,
    },
    /// The loops of one activation began more than `limit` iterations.
    Iterations {
        /// The budget.
        limit: u64,
    },
    /// The scope used more CPU time than its limit (feature `cpu`).
    Cpu {
        /// The budget.
        limit: Duration,
        /// The CPU time used when a check noticed; always more than `limit`.
        used: Duration,
    },
    /// More than `limit` activations of the function were open on this thread, or in this task.
    Depth {
        /// The budget.
        limit: u64,
    },
    /// All budgets of a scope with `when = "all"` are spent. Each field is a budget that the scope has, with what
    /// was used of it.
    All {
        /// Wall-clock time.
        time: Option<Use<Duration>>,
        /// CPU time.
        cpu: Option<Use<Duration>>,
        /// Iterations, or checks.
        iterations: Option<Use<u64>>,
        /// Nested activations.
        depth: Option<Use<u64>>,
    },
    /// A token was cancelled.
    #[non_exhaustive]
    Cancelled {
        /// The reason passed to [`CancelToken::cancel`](crate::CancelToken::cancel); `cancelled` for a token
        /// without reasons.
        reason: &'static str,
    },
    /// The scope in which this work was started has ended before the work: see [`Context`](crate::Context).
    ScopeEnded,
    /// The process shuts down (feature `shutdown`): the scope was in flight for longer than the shutdown waits, or
    /// was about to open after the shutdown had begun.
    Shutdown,
    /// A breaker (feature `policy`) did not let the call through, because earlier calls have failed.
    Refused {
        /// After this long at the latest it lets a call through; [`Duration::MAX`] if it was opened by hand.
        retry_after: Duration,
    },
    /// A bulkhead (feature `policy`) had no permit left, and no place in its queue.
    Full,
}

/// One of several budgets, and what was used of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "there is nothing else to a budget"
)]
pub struct Use<T> {
    /// The budget.
    pub limit: T,
    /// What was used of it; always more.
    pub used: T,
}

impl Tripped {
    #[cold]
    pub(crate) fn new(site: &'static Site, at: At, cause: Cause) -> Self {
        let backtrace = wants_backtrace().then(|| reentry::bar(Backtrace::force_capture));
        Self(Arc::new(Trip {
            site,
            at,
            cause,
            backtrace,
        }))
    }

    /// The name of the scope whose budget ran out: `module::path::function`, or the name that was given.
    #[must_use]
    pub fn scope(&self) -> &'static str {
        self.0.site.name()
    }

    /// Where that scope's function (or [`Budget`](crate::Budget)) is written.
    #[must_use]
    pub fn scope_location(&self) -> Location {
        self.0.site.location()
    }

    /// Where the loop (or entry, or checkpoint) that noticed is written.
    #[must_use]
    pub fn location(&self) -> Location {
        self.0.at.location()
    }

    /// The calls that led to the check that noticed, on its thread. Only there if the environment variable
    /// `LOOP_GUARD_BACKTRACE` was `1` at the first trip of the process. Taking one costs microseconds, and printing
    /// it milliseconds.
    ///
    /// `{:#}` prints it after the line, as does the message of a panic caused by a trip.
    ///
    /// ```
    /// use guard_runtime::{Budget, checkpoint};
    ///
    /// let outcome = Budget::new().iterations(0).run(checkpoint);
    /// let tripped = outcome.unwrap().unwrap_err();
    /// assert!(tripped.backtrace().is_none(), "nobody has asked for it");
    /// ```
    #[must_use]
    pub fn backtrace(&self) -> Option<&Backtrace> {
        self.0.backtrace.as_ref()
    }

    /// Why the scope tripped.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.0.cause
    }

    /// Whether a peer set the budget that ran out: a request came with a header that left it less time than the
    /// service allows (feature `tower`, [`wire`](crate::wire)).
    ///
    /// ```
    /// use std::time::Duration;
    /// use guard_runtime::Budget;
    ///
    /// let ours = Budget::timeout(Duration::ZERO).run(|| while guard_runtime::checkpoint().is_ok() {});
    /// assert!(!ours.is_err_and(|tripped| tripped.is_remote()));
    /// ```
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.0.site.is_remote()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout { limit, elapsed } => {
                write!(
                    f,
                    "ran out of time: {limit:?} allowed, {} used",
                    beyond(*elapsed, *limit)
                )
            }
            Self::Iterations { limit } => write!(f, "ran out of iterations: {limit} allowed"),
            Self::Cpu { limit, used } => {
                write!(
                    f,
                    "ran out of CPU time: {}",
                    Use {
                        limit: *limit,
                        used: *used
                    }
                )
            }
            Self::Depth { limit } => write!(f, "was called too deep: {limit} activations allowed"),
            Self::All {
                time,
                cpu,
                iterations,
                depth,
            } => {
                f.write_str("ran out of all budgets")?;
                let mut separator = ": ";
                let mut list = |name: &str, used: Option<&dyn fmt::Display>| match used {
                    Some(used) => {
                        let separator = core::mem::replace(&mut separator, "; ");
                        write!(f, "{separator}{name} {used}")
                    }
                    None => Ok(()),
                };
                list("time", time.as_ref().map(|used| used as _))?;
                list("CPU time", cpu.as_ref().map(|used| used as _))?;
                list("iterations", iterations.as_ref().map(|used| used as _))?;
                list("depth", depth.as_ref().map(|used| used as _))
            }
            Self::ScopeEnded => f.write_str("has ended, and this work has not"),
            Self::Cancelled { reason } => write!(f, "was cancelled: {reason}"),
            Self::Shutdown => f.write_str("was stopped: the process shuts down"),
            Self::Refused { retry_after } if *retry_after == Duration::MAX => {
                f.write_str("refused the call: it was opened by hand")
            }
            Self::Refused { retry_after } => {
                write!(f, "refused the call: retry after {retry_after:.3?}")
            }
            Self::Full => f.write_str("refused the call: it is full"),
        }
    }
}

impl fmt::Display for Use<Duration> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit, used } = *self;
        write!(f, "{limit:?} allowed, {} used", beyond(used, limit))
    }
}

impl fmt::Display for Use<u64> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} allowed, {} used", self.limit, self.used)
    }
}

/// Formats `elapsed` with as many digits, at least three, as are needed to show that it is more than `limit`.
fn beyond(elapsed: Duration, limit: Duration) -> String {
    let digits = |count, duration: Duration| format!("{duration:.count$?}");
    let count = (3..9).find(|&count| digits(count, elapsed) != digits(count, limit));
    digits(count.unwrap_or(9), elapsed)
}

/// Whether `LOOP_GUARD_BACKTRACE` asks for backtraces.
fn wants_backtrace() -> bool {
    static WANTS: OnceLock<bool> = OnceLock::new();
    *WANTS
        .get_or_init(|| std::env::var_os("LOOP_GUARD_BACKTRACE").is_some_and(|wants| wants == "1"))
}

impl fmt::Display for Tripped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Trip {
            site, at, cause, ..
        } = &*self.0;
        write!(f, "loop guard: {site} {cause}; noticed in {at}")?;
        match self.backtrace().filter(|_| f.alternate()) {
            Some(backtrace) => write!(f, "\n{backtrace}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Tripped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tripped")
            .field("scope", &self.scope())
            .field("cause", &self.cause())
            .field("location", &format_args!("{}", self.location()))
            .finish()
    }
}

impl Error for Tripped {}

impl From<Tripped> for io::Error {
    fn from(tripped: Tripped) -> Self {
        let kind = match tripped.cause() {
            Cause::Cancelled { .. } | Cause::Shutdown => io::ErrorKind::Interrupted,
            _ => io::ErrorKind::TimedOut,
        };
        Self::new(kind, tripped)
    }
}
