//! What the guards with a certain name do: enforce their budgets, observe them, or nothing.
//!
//! A rule is a pattern, and either a [`Mode`] or a timeout for the scopes whose name matches it. Rules come from
//! the environment variable `LOOP_GUARD` and from [`set_mode`]; the most specific pattern wins.
//!
//! Rules are resolved once per site, when its first scope opens, and again when a rule is added; the outcome is
//! kept in the [`Site`](crate::base::site::Site). So an entry matches no patterns:
//!
//! - A site that is `off`, or whose timeout is replaced, is never admitted to the fast path of an entry. The slow
//!   path finds out why. Entries of other sites pay nothing. Most scopes that are off then need no frame
//!   (`check/off.rs`).
//! - While somebody wants to be told of scopes that are left late, no site is admitted to the fast path.
//! - `observe` costs nothing before a budget is spent: the code that trips asks for the mode first.
//!
//! | file | what it is |
//! |---|---|
//! | `pattern.rs` | patterns: matching, and which of two is more specific |
//! | `rules.rs` | rules, and what several of them say about one name |
//! | `environment.rs` | the rules written in `LOOP_GUARD` |
//! | `resolve.rs` | the rules of the process, and what follows from them for each site |

pub(crate) mod environment;
pub(crate) mod pattern;
pub(crate) mod resolve;
pub(crate) mod rules;

use crate::base::site::Mode;

use crate::mode::pattern::{Pattern, PatternError};
use crate::mode::rules::Rule;
use crate::time::epoch::EPOCH;

/// Sets the mode of every scope whose name ([`Tripped::scope`](crate::Tripped::scope)) matches `pattern`, from now
/// on.
///
/// In a pattern `*` stands for any text, including none; every other character stands for itself. The pattern has
/// to match the whole name. If several patterns match, the most specific one wins: a pattern without `*` first,
/// then the one with the most characters besides `*`, then the one that was set last. Setting a pattern again
/// replaces its rule.
///
/// Scopes that are open already follow within a tick: a scope that is observed now and spent later does not trip. A
/// scope that has passed its deadline under [`Mode::Observe`] stays untripped when the mode becomes
/// [`Mode::Enforce`]; the next activation trips.
///
/// The environment variable `LOOP_GUARD` sets modes before the first scope opens, and timeouts as well. Its parts,
/// separated by commas, are a mode for all scopes, `pattern=mode`, or `pattern.timeout=duration`:
///
/// ```text
/// LOOP_GUARD="observe,payments::*=enforce,batch=off,payments::settle.timeout=5s"
/// ```
///
/// A part that cannot be parsed is named on stderr, once, and the other parts apply.
///
/// # Errors
///
/// If the pattern is empty, begins or ends with white space, or contains `,` or `=`, which separate the parts of
/// `LOOP_GUARD`. Its length is not limited.
///
/// ```
/// use guard_runtime::{Event, Mode, Tripped, loop_guard, set_hook, set_mode};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// static WOULD_TRIP: AtomicU32 = AtomicU32::new(0);
///
/// #[loop_guard(iterations = 10, name = "import")]
/// fn import(rows: u32) -> Result<u32, Tripped> {
///     let mut done = 0;
///     while done < rows {
///         done += 1;
///     }
///     Ok(done)
/// }
///
/// # fn main() {
/// set_hook(|event| {
///     if let Event::WouldTrip(tripped) = event {
///         assert_eq!(tripped.scope(), "import");
///         WOULD_TRIP.fetch_add(1, Ordering::Relaxed);
///     }
/// });
/// set_mode("imp*", Mode::Observe).unwrap();
/// assert_eq!(import(1000).unwrap(), 1000);
/// assert_eq!(WOULD_TRIP.load(Ordering::Relaxed), 1);
///
/// set_mode("import", Mode::Enforce).unwrap(); // more specific
/// assert!(import(1000).is_err());
/// assert!(set_mode("a=b", Mode::Off).is_err());
/// # }
/// ```
pub fn set_mode(pattern: &str, mode: Mode) -> Result<(), PatternError> {
    let pattern = Pattern::new(pattern)?;
    resolve::add(Rule::mode(pattern, mode));
    // Running loops check at once, and treat what is spent now by its new mode.
    EPOCH.bump();
    Ok(())
}
