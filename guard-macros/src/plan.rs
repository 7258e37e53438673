//! What is to be done to one function: `analyze` decides it, `rewrite` does it, `emit` spells it.

use syn::{Expr, LitStr, Path, ReturnType, Type};

use crate::args::duration::Timeout;
use crate::args::value::OnOverdue;

/// What to do with one function.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own"
)]
pub(crate) struct Plan<'a> {
    /// Where `guard_runtime` is, if `crate = ...` says so.
    pub(crate) runtime: Option<&'a Path>,
    /// An entry point: nothing around it counts.
    pub(crate) root: bool,
    /// A result after the deadline is a trip.
    pub(crate) strict: bool,
    pub(crate) name: Option<&'a LitStr>,
    /// `None`: the function opens no scope.
    pub(crate) budget: Option<Limits<'a>>,
    pub(crate) leave: Leave<'a>,
    /// Macros of the user's whose arguments are expressions or statements.
    pub(crate) macros: &'a [Path],
    /// Trips may unwind to a boundary around the body.
    pub(crate) boundary: bool,
    /// They have to: the function owns the budget that its helpers spend.
    pub(crate) catches: bool,
    /// A function without a scope of its own is checked when it is entered.
    pub(crate) entry: bool,
    /// A function of a block, without loops: if its error cannot hold a trip, it is entered without a check.
    pub(crate) lenient: bool,
    /// The future to guard, if it is not the function itself.
    pub(crate) future: Option<Guarded>,
    pub(crate) cleanup: Option<Cleanup<'a>>,
    /// What decides about calls of the body.
    pub(crate) policies: Option<Policies<'a>>,
    /// Its loops stay as they are.
    pub(crate) unchecked: bool,
    /// It has so many loops that each is to give the borrow checker little to do: that one takes more than linear time.
    pub(crate) crowded: bool,
}

/// The budgets of a scope.
pub(crate) struct Limits<'a> {
    pub(crate) timeout: Option<&'a Timeout>,
    /// A moment instead of a span.
    pub(crate) deadline: Option<&'a Expr>,
    pub(crate) iterations: Option<&'a Expr>,
    /// What a frame has no room for.
    pub(crate) further: Option<Further<'a>>,
    pub(crate) yield_every: Option<&'a Timeout>,
    /// The share of the time of which a warning tells, in millionths.
    pub(crate) warn_at: Option<u32>,
    pub(crate) on_overdue: Option<OnOverdue>,
    /// Time in which the process stood still does not count.
    pub(crate) ignores_pauses: bool,
    /// What is left of the time for a fallback.
    pub(crate) reserve: Option<&'a Timeout>,
}

/// Budgets of which a `Budget` is made where the function is entered.
pub(crate) struct Further<'a> {
    /// The whole of it, without any other.
    pub(crate) budget: Option<&'a Expr>,
    pub(crate) cpu: Option<&'a Timeout>,
    pub(crate) depth: Option<&'a Expr>,
    pub(crate) cancel: Option<&'a Expr>,
    /// They are spent once the last of them is.
    pub(crate) all: bool,
}

/// What stands around the body: attempts, in each of them a breaker, in that a bulkhead.
pub(crate) struct Policies<'a> {
    pub(crate) retry: Option<&'a Expr>,
    pub(crate) attempt_timeout: Option<&'a Timeout>,
    pub(crate) breaker: Option<&'a Expr>,
    pub(crate) bulkhead: Option<&'a Expr>,
    /// What the body returns, if that may be an error.
    pub(crate) outcome: Option<Type>,
}

/// The way out of the function.
pub(crate) enum Leave<'a> {
    /// By the real return type, whatever it is called: `Err`, or a panic.
    Probe(Box<Type>),
    /// As `Err`. The type may be one that cannot be named in the body: it is only pointed at.
    Error(Box<Type>),
    Panic,
    /// By `break`, from the loop alone.
    Break,
    /// By `return` without a value: the way out of a cleanup.
    Cut,
    Fallback(&'a Expr),
}

/// A function that is guarded as a future.
pub(crate) struct Guarded {
    /// What the future yields.
    pub(crate) output: ReturnType,
    pub(crate) body: FutureBody,
}

/// Where the future's body stands in the function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FutureBody {
    /// The function is an `async fn`.
    Whole,
    /// The function was one before `#[tokio::main]` or `#[tokio::test]`: its first statement binds the `async` block.
    Blocked,
    /// The function's value is an `async` block.
    Value,
}

/// What runs when the function is left.
pub(crate) struct Cleanup<'a> {
    pub(crate) call: &'a Expr,
    /// The cleanup is a future.
    pub(crate) is_async: bool,
    pub(crate) timeout: Option<&'a Timeout>,
}
