//! Turns [`Args`] and a function into a [`Plan`].
//!
//! This room alone rejects: it finds whatever is wrong with an item, or with arguments on this item, and reports
//! all of it at once. The rooms below do what the plan says and report nothing.
//!
//! - `target.rs`: what the attribute may stand on;
//! - `loops.rs`: loops, and the attributes on them;
//! - `future.rs`: which functions are guarded as futures;
//! - `unguarded.rs`: futures that nothing would guard;
//! - `leave.rs`: the way out, and whether the body may become a closure for it;
//! - `helpers.rs`: functions that catch the trips of what they call;
//! - `idle.rs`: arguments that guard nothing;
//! - `order.rs`: attributes in the wrong order;
//! - `formats.rs`: names in the texts of formats;
//! - `breaks.rs`: loops that `on_trip = "break"` cannot leave.

pub(crate) mod breaks;
pub(crate) mod formats;
pub(crate) mod future;
pub(crate) mod helpers;
pub(crate) mod idle;
pub(crate) mod leave;
pub(crate) mod loops;
pub(crate) mod order;
pub(crate) mod target;
pub(crate) mod unguarded;

use quote::ToTokens;
use syn::{
    Attribute, Error, FnArg, Ident, Meta, Pat, Path, ReceiverKind, ReturnType, Signature, Type,
};

use crate::analyze::breaks::judge_breaks;
use crate::analyze::idle::Warning;
use crate::analyze::leave::{can_be_wrapped, fallible, leave, may_be_strict_by_budget};
use crate::analyze::loops::Loops;
use crate::analyze::target::Target;
use crate::args::attribute::{Args, Part};
use crate::args::cleanup::closure;
use crate::args::value::{OnTrip, Pauses, When};
use crate::errors::Errors;
use crate::plan::{BudgetParts, Cleanup, Limits, Plan, Policies};
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::types::{is_called_result, is_unit, never};
use crate::syntax::walk::Visitor;

/// A function with more loops than this runs none of them in strips, and its checks are the form that is shortest
/// to compile. With this many strips a debug build takes twice as long as without the attribute, and with twice as
/// many four times as long.
const CROWD: usize = 32;

/// The plan for a function, and what to warn of.
pub(crate) struct Judged<'a> {
    pub(crate) decision: Decision<'a>,
    pub(crate) warning: Option<Warning>,
}

/// What to do with a function.
pub(crate) enum Decision<'a> {
    /// Leave it as it is.
    Pass,
    Guard(Box<Plan<'a>>),
}

/// Judges the function, and plans what to do with it.
pub(crate) fn judge<'a>(args: &'a Args, function: &mut Function<'_>) -> Result<Judged<'a>, Error> {
    let mut errors = Errors::default();
    let inherit = args.inherit.is_some();
    let Loops {
        found,
        count,
        stray,
        ..
    } = Loops::of(function.block, &mut errors);
    let unchecked = passes(args, function, found);
    let cleanup = cleanup(args);
    if let Some(cleanup) = &cleanup {
        Loops::new(&mut errors).visit_expr_mut(&mut cleanup.call.clone());
    }
    if errors.is_empty() && (stray || (unchecked && cleanup.is_none())) {
        let destructor = is_destructor(function.sig);
        return Ok(Judged {
            decision: Decision::Pass,
            warning: idle::of_inherit(function, destructor).filter(|_| !stray),
        });
    }
    let warning = order::of_records(function);
    let future = future::guarded(function);
    if !inherit {
        unguarded::judge(function, future.as_ref(), &mut errors);
    }
    judge_signature(function, &mut errors);
    judge_fallback(args, function, future.is_some(), &mut errors);
    judge_leave(
        args,
        function,
        future.as_ref().map(|it| &it.output),
        &mut errors,
    );
    if future.is_none() && !function.of_block {
        judge_sync(args, cleanup.as_ref(), &mut errors);
    }
    let output = future
        .as_ref()
        .map_or(&function.sig.output, |it| &it.output);
    let yield_every = args.yield_every.value();
    let yield_every = yield_every.filter(|_| future.is_some());
    let crowded = count > CROWD;
    let leave = leave(args, output, crowded);
    let policies = policies(args, output);
    let lenient = function.of_block && !found && is_called_result(output);
    let owns_helpers = !inherit && !lenient && policies.is_none();
    let (catches, catches_awaited) = match &future {
        None => (helpers::catches(function, &leave), false),
        Some(future) => helpers::of_future(function, future, &leave),
    };
    let strict_by_budget = future.is_none() && may_be_strict_by_budget(args, function);
    let plan = Plan {
        runtime: args.krate.value(),
        root: args.root.is_some(),
        strict: strict_by_budget
            || (args.strict.is_some() && (future.is_some() || can_be_wrapped(function))),
        strict_by_budget,
        name: args.name.value(),
        budget: (!inherit || yield_every.is_some()).then(|| Limits {
            timeout: args.timeout.value(),
            deadline: args.deadline.value(),
            iterations: args.iterations.value(),
            via_budget: budget_parts(args),
            yield_every,
            warn_at: args.warn_at.value().copied(),
            on_overdue: args.on_overdue.value().copied(),
            ignores_pauses: args.pauses.value() == Some(&Pauses::Ignore),
            reserve: args.reserve.value(),
        }),
        leave,
        macros: args.macros.as_ref().map_or(&[], |arg| &arg.value),
        boundary: can_be_wrapped(function),
        catches: owns_helpers && catches,
        catches_awaited: owns_helpers && catches_awaited,
        entry: inherit && (args.entry.is_some() || (!found && recurses(function))),
        lenient,
        framed: args.iterations.is_some() || cleanup.is_some() || policies.is_some(),
        future,
        cleanup,
        policies,
        unchecked,
        crowded,
    };
    errors.finish(Judged {
        decision: Decision::Guard(Box::new(plan)),
        warning: warning.or_else(|| idle::of_budgets(args, function, found)),
    })
}

fn budget_parts(args: &Args) -> Option<BudgetParts<'_>> {
    args.needs_budget().then(|| BudgetParts {
        budget: args.budget.value(),
        cpu: args.cpu.value(),
        depth: args.depth.value(),
        cancel: args.cancel.value(),
        all: args.when.value() == Some(&When::All),
    })
}

fn cleanup(args: &Args) -> Option<Cleanup<'_>> {
    let call = &args.cleanup.as_ref()?.value;
    let is_async = closure(&mut call.clone()).is_some_and(|it| it.asyncness.is_some());
    Some(Cleanup {
        call,
        is_async,
        timeout: args.cleanup_timeout.value(),
    })
}

fn policies<'a>(args: &'a Args, output: &ReturnType) -> Option<Policies<'a>> {
    args.policy()?;
    Some(Policies {
        retry: args.retry.value(),
        attempt_timeout: args.attempt_timeout.value(),
        breaker: args.breaker.value(),
        bulkhead: args.bulkhead.value(),
        outcome: fallible(output),
    })
}

/// Rejects what no arguments could make valid.
fn judge_signature(function: &Function<'_>, errors: &mut Errors) {
    if let Some(token) = &function.sig.constness {
        errors.push(Error::new_spanned(
            token,
            "a `const fn` can run at compile time, where there is no clock: remove `const` or the attribute",
        ));
    }
    if let Some(attribute) = function.attrs.iter().find(|it| is_naked(it)) {
        errors.push(Error::new_spanned(
            attribute,
            "a naked function is nothing but its assembly: remove `loop_guard`",
        ));
    }
}

fn is_naked(attribute: &Attribute) -> bool {
    let inner = match &attribute.meta {
        Meta::List(list) if list.path.is_ident("unsafe") => list.parse_args::<Path>().ok(),
        meta => Some(meta.path().clone()),
    };
    inner.is_some_and(|path| path.is_ident("naked"))
}

/// Rejects a fallback that uses an argument which the future's body has certainly moved.
fn judge_fallback(args: &Args, function: &Function<'_>, is_future: bool, errors: &mut Errors) {
    let Some(fallback) = args.fallback.as_ref().filter(|_| is_future) else {
        return;
    };
    let takes_all = function.sig.asyncness.is_some() && args.inherit.is_none();
    let tokens = fallback.value.to_token_stream();
    for input in function.sig.inputs.iter().filter(|_| takes_all) {
        let name = match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, _, Some(_)) => Ident::from(receiver.self_token),
                _ => continue,
            },
            FnArg::Typed(argument) => match (&*argument.pat, &*argument.ty) {
                (Pat::Ident(name), Type::Reference(ty)) if ty.mutability.is_some() => {
                    name.ident.clone()
                }
                _ => continue,
            },
        };
        let place = calls::place_of(tokens.clone(), &name)
            .or_else(|| formats::place_of(&mut fallback.value.clone(), &name));
        if let Some(place) = place {
            errors.push(Error::new(
                place,
                format!("the future's body has moved `{name}`: a fallback can only use arguments that are `Copy`, such as shared references"),
            ));
        }
    }
}

/// Rejects ways out that this function does not have. `future` is what the future yields, if the function is
/// guarded as one.
fn judge_leave(
    args: &Args,
    function: &mut Function<'_>,
    future: Option<&ReturnType>,
    errors: &mut Errors,
) {
    let on_trip = args.on_trip.as_ref().map(|arg| (&arg.key, arg.value));
    let breaks = matches!(on_trip, Some((_, OnTrip::Break)));
    let output = future.unwrap_or(&function.sig.output);
    let abi = function.sig.abi.as_ref().filter(|abi| !unwinds(abi));
    let says_how = args.fallback.is_some() || breaks || function.attrs.iter().any(is_naked);
    if let Some(abi) = abi.filter(|_| !says_how) {
        errors.push(Error::new_spanned(
            abi,
            "a function with this ABI cannot unwind: say what to return with `fallback = ...`",
        ));
    }
    if let Some((key, OnTrip::Error)) = on_trip.filter(|_| is_unit(output) || never(output)) {
        errors.push(Error::new_spanned(
            key,
            "this function returns no `Result`: remove `on_trip` or return one",
        ));
    }
    if let (Some((key, OnTrip::Break)), true) =
        (on_trip, future.is_some() && args.inherit.is_none())
    {
        errors.push(Error::new(
            key.span(),
            "a future that waits has no loop to break: say what to return with `fallback = ...`",
        ));
    }
    if let Some(policy) = args.policy() {
        if breaks {
            errors.push(Error::new(
                policy.span(),
                "a call that is not made has no loop to break: say what to return with `fallback = ...` instead of `on_trip`",
            ));
        }
        if never(output) {
            errors.push(Error::new(
                policy.span(),
                format!(
                    "this function never returns, so `{policy}` has nothing to judge: remove it"
                ),
            ));
        }
    }
    if let Some(strict) = &args.strict {
        let why = if breaks {
            "`strict` has no loop to break: say what to return with `fallback = ...`"
        } else if future.is_none() && !can_be_wrapped(function) && !function.of_block {
            "`strict` makes the body a closure, which it cannot be in a function that is `#[track_caller]` or returns `!` or an `impl Fn`: remove `strict`"
        } else {
            ""
        };
        if !why.is_empty() {
            errors.push(Error::new(strict.key.span(), why));
        }
    }
    if breaks {
        judge_breaks(function.block, !is_unit(output), errors);
    }
}

/// Rejects arguments that only a future can have.
fn judge_sync(args: &Args, cleanup: Option<&Cleanup<'_>>, errors: &mut Errors) {
    let mut call = cleanup.map(|cleanup| cleanup.call.clone());
    let closure = call.as_mut().and_then(closure);
    if let Some(token) = closure.and_then(|closure| closure.asyncness) {
        errors.push(Error::new_spanned(
            token,
            "only a future awaits its cleanup: remove `async`, or make this an `async fn`",
        ));
    }
    if let Some(arg) = &args.yield_every {
        errors.push(Error::new(
            arg.key.span(),
            "only an `async fn` can yield: remove `yield_every`",
        ));
    }
}

/// Rejects arguments on a block that only make sense for a single function.
pub(crate) fn judge_block(args: &Args, errors: &mut Errors) {
    if let Some(cleanup) = &args.cleanup {
        errors.push(Error::new(
            cleanup.key.span(),
            "`cleanup` belongs to one function: write `#[loop_guard(..., cleanup = ...)]` on that function, in this block",
        ));
    }
}

/// Adds to an error in the arguments the errors of the item that do not depend on them. `inherits`: whether
/// `inherit` is among the arguments, with which a function without loops stays as it is.
pub(crate) fn beside(error: Error, target: Result<Target, Error>, inherits: bool) -> Error {
    let mut errors = Errors::default();
    match target {
        Err(error) => errors.push(error),
        Ok(Target::Function(mut function)) => {
            if Loops::of(&mut function.block, &mut errors).found || !inherits {
                judge_signature(
                    &Function {
                        attrs: &mut function.attrs,
                        sig: &mut function.sig,
                        block: &mut function.block,
                        of_block: false,
                    },
                    &mut errors,
                );
            }
        }
        Ok(Target::Block(_)) => {}
    }
    let mut all = error;
    if let Err(more) = errors.finish(()) {
        all.combine(more);
    }
    all
}

/// Whether the function is left as it is, without an error.
fn passes(args: &Args, function: &Function<'_>, loops: bool) -> bool {
    let sig = &*function.sig;
    let inherit = args.inherit.is_some();
    let idle = !loops && args.entry.is_none() && !recurses(function);
    // A destructor that its caller's budget cuts short would be a lost cleanup.
    let passes = inherit && (idle || is_destructor(sig));
    // The attribute on a block is not meant for these functions.
    let cannot = (sig.constness.is_some() && (inherit || !loops))
        || (!loops && sig.abi.as_ref().is_some_and(|abi| !unwinds(abi)))
        || function.attrs.iter().any(is_naked);
    passes || (function.of_block && cannot)
}

/// Whether the function calls itself by name. Its calls then form a loop, so each entry is checked.
fn recurses(function: &Function<'_>) -> bool {
    calls::names(function.block.to_token_stream(), &function.sig.ident)
}

fn is_destructor(sig: &Signature) -> bool {
    sig.ident == "drop"
        && sig.receiver().is_some()
        && sig.inputs.len() == 1
        && matches!(sig.output, ReturnType::Default)
}

/// Whether a panic may leave a function with this ABI.
fn unwinds(abi: &syn::Abi) -> bool {
    // `extern` alone is `extern "C"`.
    abi.name
        .as_ref()
        .is_some_and(|name| name.value() == "Rust" || name.value().ends_with("-unwind"))
}
