//! How a function leaves when it trips, by its return type.

use core::marker::PhantomData;

use crate::base::location::At;
use crate::check::enter::{Entry, enter, enter_or_panic, enter_unless_spent, open};
use crate::check::noticed::tick_of_result;
use crate::check::tick::{due, look, tick};
use crate::stack::scope::Scope;
use crate::time::seen::Seen;
use crate::trip::boundary::{boundary, panic};
use crate::trip::log;
use crate::trip::tripped::Tripped;

/// Finds the way out by the real return type `R`, through any alias.
///
/// Method lookup tries `Probe<R>` before what it dereferences to: if `R` is a `Result`, the inherent method below
/// is chosen, otherwise the one of [`Otherwise`]. No trait has to be in scope, and the bound on the error is on the
/// method, so that a missing `From` is a compile error and not a panic.
///
/// An expansion creates one at the beginning of the function, before the user's items can hide a name, and lets the
/// compiler infer `R`: `let probe = Probe::new(); if false { return probe.value(); }`.
#[doc(hidden)]
pub struct Probe<R>(Otherwise<R>);

/// A return type that has no place for an error.
#[doc(hidden)]
pub struct Otherwise<R>(PhantomData<fn(R) -> R>);

impl<R> Clone for Probe<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Probe<R> {}

impl<R> Clone for Otherwise<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Otherwise<R> {}

impl<R> Probe<R> {
    /// A probe for a function that returns `R`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "for expansions only")]
    pub const fn new() -> Self {
        Self(Otherwise(PhantomData))
    }

    /// Only returned in code that never runs, so that the compiler infers `R`.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "never called")]
    pub fn value(&self) -> R {
        unreachable!("never called")
    }

    /// The value, which the compiler takes for one of this return type.
    #[inline(always)]
    #[must_use]
    pub fn typed(&self, value: R) -> R {
        value
    }

    /// Like [`boundary`], for a body of this return type.
    #[inline(always)]
    #[allow(clippy::missing_errors_doc, reason = "described there")]
    pub fn boundary(&self, body: impl FnOnce() -> R) -> Result<R, Tripped> {
        boundary(body)
    }
}

impl<R> Probe<R> {
    /// Like [`boundary`](Self::boundary), but a value that comes after the deadline is a trip as well if it
    /// `is_strict`.
    #[inline]
    #[allow(clippy::missing_errors_doc, reason = "described there")]
    pub fn strictly(
        &self,
        is_strict: bool,
        at: &At,
        body: impl FnOnce() -> R,
    ) -> Result<R, Tripped> {
        let value = boundary(body)?;
        if is_strict {
            tick_of_result(at)?;
        }
        Ok(value)
    }
}

impl<T, E> Probe<Result<T, E>> {
    /// The trip as the function's error.
    #[cold]
    #[track_caller]
    #[must_use]
    #[allow(clippy::missing_errors_doc, reason = "it is nothing but the error")]
    pub fn leave(&self, tripped: Tripped) -> Option<Result<T, E>>
    where
        E: FromTripped,
    {
        Some(Err(E::from_tripped(tripped)))
    }

    /// The cold path of a check, and the way out if it trips.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it is what to return")]
    pub fn look(&self, at: &At) -> Result<Seen, Result<T, E>>
    where
        E: FromTripped,
    {
        match tick(at) {
            Ok(seen) => Ok(seen),
            Err(tripped) => Err(Err(error(tripped))),
        }
    }

    /// Whether there is a place for an error.
    #[inline(always)]
    #[must_use]
    pub const fn holds_errors(&self) -> bool {
        true
    }

    /// What to return after a [`check`](Crowd::check) or an entry that tripped.
    #[cold]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it is nothing but the error")]
    #[allow(
        clippy::missing_panics_doc,
        reason = "called after a check that tripped"
    )]
    pub fn left(&self) -> Result<T, E>
    where
        E: FromTripped,
    {
        Err(error(log::take_leaving()))
    }

    /// Opens a scope, or returns the way out if a budget is spent already.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it is what to return")]
    pub fn enter<const ALWAYS: bool>(
        &self,
        entry: Entry<ALWAYS>,
    ) -> Result<(Scope, Seen), Result<T, E>>
    where
        E: FromTripped,
    {
        match enter_unless_spent(entry) {
            Some(opened) => Ok(opened),
            None => Err(self.left()),
        }
    }
}

impl<T, E: FromTripped> Probe<Result<T, E>> {
    /// Like [`enter`](Probe::enter), for a function that may not have a place for the trip.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(clippy::missing_errors_doc, reason = "it is what to return")]
    pub fn enter_leniently<const ALWAYS: bool>(
        &self,
        entry: Entry<ALWAYS>,
    ) -> Result<(Scope, Seen), Result<T, E>> {
        enter(entry).map_err(|tripped| Err(error(tripped)))
    }

    /// Like [`look`](Probe::look), for a function that may not have a place for the trip.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(clippy::missing_errors_doc, reason = "it is what to return")]
    pub fn look_leniently(&self, at: &At) -> Result<Seen, Result<T, E>> {
        tick(at).map_err(|tripped| Err(error(tripped)))
    }
}

/// The checks of a function with very many loops, which spends most of its build on them. So a check is one call that is
/// not generic, and its exit is a jump, without a value that has to be moved and dropped.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Crowd {
    holds_errors: bool,
    file: &'static str,
}

impl Crowd {
    /// For the loops of a function in this file. `holds_errors`: whether its type has a place for one.
    #[inline(always)]
    #[must_use]
    pub const fn new(holds_errors: bool, file: &'static str) -> Self {
        Self { holds_errors, file }
    }

    /// The check of a loop at this place: whether it trips, and the function has to return [`left`](Probe::left). A
    /// function that has no place for an error does not get here; see [`panic`].
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    #[must_use]
    pub fn check(self, seen: &mut Seen, kind: &'static str, line: u32, column: u32) -> bool {
        if !due(*seen) {
            return false;
        }
        let at = At::new(kind, self.file, line, column);
        if !self.holds_errors {
            *seen = look(&at);
            return false;
        }
        match tick(&at) {
            Ok(now) => {
                *seen = now;
                false
            }
            Err(tripped) => {
                log::leave_with(tripped);
                true
            }
        }
    }
}

#[cold]
#[track_caller]
fn error<E: FromTripped>(tripped: Tripped) -> E {
    E::from_tripped(tripped)
}

impl<R> core::ops::Deref for Probe<R> {
    type Target = Otherwise<R>;

    fn deref(&self) -> &Otherwise<R> {
        &self.0
    }
}

impl<R> Otherwise<R> {
    /// Panics with the report; `None` if the thread is unwinding already.
    #[cold]
    #[track_caller]
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "it is nothing but the panic")]
    #[allow(
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn leave(self, tripped: Tripped) -> Option<R> {
        panic(tripped);
        None
    }

    /// The cold path of a check; like [`panic`], it does not return if it trips.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it never is")]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn look(self, at: &At) -> Result<Seen, R> {
        Ok(look(at))
    }

    /// Whether there is a place for an error.
    #[inline(always)]
    #[must_use]
    #[allow(
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub const fn holds_errors(self) -> bool {
        false
    }

    /// Never called, since no [`check`](Crowd::check) returns after a trip.
    #[must_use]
    #[allow(clippy::missing_panics_doc, reason = "never called")]
    #[allow(
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn left(self) -> R {
        unreachable!("never called")
    }

    /// Opens a scope; like [`panic`], it does not return if a budget is spent already.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[track_caller]
    #[allow(clippy::missing_errors_doc, reason = "it never is")]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn enter<const ALWAYS: bool>(self, entry: Entry<ALWAYS>) -> Result<(Scope, Seen), R> {
        Ok(enter_or_panic(entry))
    }
}

impl<R> Otherwise<R> {
    /// Opens a scope without a check: the next loop finds what is due.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(clippy::missing_errors_doc, reason = "it never is")]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn enter_leniently<const ALWAYS: bool>(
        self,
        entry: Entry<ALWAYS>,
    ) -> Result<(Scope, Seen), R> {
        Ok(open(entry))
    }

    /// Does nothing: the next loop finds what is due.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(clippy::missing_errors_doc, reason = "it never is")]
    #[allow(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the shape of the inherent method of `Probe`"
    )]
    pub fn look_leniently(self, _: &At) -> Result<Seen, R> {
        Ok(Seen::STALE)
    }
}

/// An error that can hold a trip: everything that is `From<Tripped>`.
///
/// It is never implemented by hand. A guarded function that is generic in its error is bounded by
/// `E: From<Tripped>`, or by this trait:
///
/// ```
/// use guard_runtime::{FromTripped, Tripped, loop_guard};
///
/// #[loop_guard(iterations = 3)]
/// fn count<E: FromTripped>(n: u32) -> Result<(), E> {
///     for _ in 0..n {}
///     Ok(())
/// }
///
/// assert!(count::<Tripped>(4).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "a tripped loop cannot leave this function: `{Self}` does not implement `From<Tripped>`",
    label = "`{Self}` cannot hold the trip of a loop guard",
    note = "if `{Self}` is a type of your crate, write `impl From<guard_runtime::Tripped> for {Self}`; if it is a type parameter, bound it with `{Self}: From<guard_runtime::Tripped>`",
    note = "if it is neither, say in the attribute what to return: `fallback = |tripped| Err(..)`, for example `Err(tripped.to_string())`; or `on_trip = \"panic\"`"
)]
pub trait FromTripped {
    /// Converts the trip. A conversion that asks for its caller is told the user's function.
    #[track_caller]
    fn from_tripped(tripped: Tripped) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Tripped>> FromTripped for E {
    #[track_caller]
    fn from_tripped(tripped: Tripped) -> Self {
        E::from(tripped)
    }
}

/// The return type of a function with `on_trip = "error"`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`on_trip = \"error\"` needs a function that returns a `Result`, and this one returns `{Self}`",
    label = "not a `Result`",
    note = "return a `Result`, or say `fallback = ...` or `on_trip = \"panic\"` in the attribute"
)]
pub trait ErrorReturn {
    /// Returns the trip as the error.
    #[track_caller]
    fn error_return(tripped: Tripped) -> Self;
}

impl<T, E: FromTripped> ErrorReturn for Result<T, E> {
    #[cold]
    #[track_caller]
    fn error_return(tripped: Tripped) -> Self {
        Err(E::from_tripped(tripped))
    }
}

/// A `fallback`: a value, or a function of the trip.
#[doc(hidden)]
pub struct Fallback;

impl Fallback {
    /// Calls the fallback. The signature gives the closure's argument its type.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn with<R>(tripped: Tripped, fallback: impl FnOnce(Tripped) -> R) -> R {
        fallback(tripped)
    }
}
