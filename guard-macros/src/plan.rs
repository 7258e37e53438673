//! What is to be done to one function: `analyze` decides it, `rewrite` does it, `emit` spells it.

use syn::{Expr, LitStr, Path, ReturnType, Type};

use crate::args::duration::Timeout;
use crate::args::value::OnOverdue;

/// What to do to one function.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own"
)]
pub(crate) struct Plan<'a> {
    /// Where `guard_runtime` is, if `crate = ...` names it.
    pub(crate) runtime: Option<&'a Path>,
    /// The function is an entry point: nothing around it counts.
    pub(crate) root: bool,
    /// A result after the deadline is a trip.
    pub(crate) strict: bool,
    /// If the `Budget` that it names says so, which is known at run time.
    pub(crate) strict_by_budget: bool,
    pub(crate) name: Option<&'a LitStr>,
    /// The budgets of its scope; `None` if it opens no scope.
    pub(crate) budget: Option<Limits<'a>>,
    pub(crate) leave: Leave<'a>,
    /// The user's macros whose arguments are expressions or statements.
    pub(crate) macros: &'a [Path],
    /// There is a boundary around the body, to which trips may unwind.
    pub(crate) boundary: bool,
    /// Trips of helpers have to unwind to that boundary, since this function owns the budget that they spend.
    pub(crate) catches: bool,
    /// So has the future, but only of futures that it awaits: its body calls none.
    pub(crate) catches_awaited: bool,
    /// A function without a scope of its own is checked when it is entered.
    pub(crate) entry: bool,
    /// The function belongs to a block and has no loops: if its error cannot hold a trip, it is entered without a
    /// check.
    pub(crate) lenient: bool,
    /// The future to guard, if that is not the function itself.
    pub(crate) future: Option<Guarded>,
    pub(crate) cleanup: Option<Cleanup<'a>>,
    /// The policies around the body.
    pub(crate) policies: Option<Policies<'a>>,
    /// The function asks its own frame, even while its guard is off.
    pub(crate) framed: bool,
    /// Its loops are not rewritten.
    pub(crate) unchecked: bool,
    /// It has so many loops that the code of each should be simple for the borrow checker, which takes more than
    /// linear time.
    pub(crate) crowded: bool,
}

/// The budgets of a scope.
pub(crate) struct Limits<'a> {
    pub(crate) timeout: Option<&'a Timeout>,
    /// A point in time instead of a duration.
    pub(crate) deadline: Option<&'a Expr>,
    pub(crate) iterations: Option<&'a Expr>,
    /// What a frame has no room for.
    pub(crate) via_budget: Option<BudgetParts<'a>>,
    pub(crate) yield_every: Option<&'a Timeout>,
    /// The share of the time at which a warning is sent, in millionths.
    pub(crate) warn_at: Option<u32>,
    pub(crate) on_overdue: Option<OnOverdue>,
    /// Time in which the process stood still does not count.
    pub(crate) ignores_pauses: bool,
    /// The part of the time that is kept for a fallback.
    pub(crate) reserve: Option<&'a Timeout>,
}

/// The parts of the `Budget` from which the scope is opened at entry.
pub(crate) struct BudgetParts<'a> {
    /// A complete `Budget`, in place of all other parts.
    pub(crate) budget: Option<&'a Expr>,
    pub(crate) cpu: Option<&'a Timeout>,
    pub(crate) depth: Option<&'a Expr>,
    pub(crate) cancel: Option<&'a Expr>,
    /// The scope is spent once the last of its budgets is.
    pub(crate) all: bool,
}

/// The policies around the body: retries outermost, inside them a breaker, inside that a bulkhead.
pub(crate) struct Policies<'a> {
    pub(crate) retry: Option<&'a Expr>,
    pub(crate) attempt_timeout: Option<&'a Timeout>,
    pub(crate) breaker: Option<&'a Expr>,
    pub(crate) bulkhead: Option<&'a Expr>,
    /// The body's return type, if that may be an error.
    pub(crate) outcome: Option<Type>,
}

/// How the function is left when it trips.
pub(crate) enum Leave<'a> {
    /// By the real return type, whatever it is called: `Err`, or a panic.
    Probe(Box<Type>),
    /// With `Err`. The body may be unable to name the type, so errors only point at it.
    Error(Box<Type>),
    Panic,
    /// With `break`, from the loop only.
    Break,
    /// With `return` without a value: the way out of a cleanup.
    Cut,
    Fallback(&'a Expr),
}

/// A function that is guarded as a future.
pub(crate) struct Guarded {
    /// What the future yields.
    pub(crate) output: ReturnType,
    pub(crate) body: FutureBody,
}

/// Where the future's body is in the function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FutureBody {
    /// The function is an `async fn`.
    Whole,
    /// The function was an `async fn` before `#[tokio::main]` or `#[tokio::test]` ran: its first statement binds
    /// the `async` block.
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
