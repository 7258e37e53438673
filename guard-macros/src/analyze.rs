//! [`Args`] and a function become a [`Plan`].
//!
//! This room alone rejects: whatever is wrong with an item, or with arguments on this item, is found here, and all
//! of it is reported at once. The rooms behind do what the plan says and report nothing.
//!
//! - `target.rs`: what the attribute may stand on;
//! - `loops.rs`: loops, and the attributes on them;
//! - `future.rs`: which functions are guarded as futures;
//! - `leave.rs`: the way out;
//! - `breaks.rs`: loops that `on_trip = "break"` cannot leave.

pub(crate) mod breaks;
pub(crate) mod future;
pub(crate) mod leave;
pub(crate) mod loops;
pub(crate) mod target;

use quote::ToTokens;
use syn::{Error, ReturnType, Signature};

use crate::analyze::breaks::judge_breaks;
use crate::analyze::leave::{fallible, leave};
use crate::analyze::loops::Loops;
use crate::analyze::target::Target;
use crate::args::cleanup::closure;
use crate::args::value::OnTrip;
use crate::args::{Arg, Args};
use crate::errors::Errors;
use crate::plan::{Cleanup, Limits, Plan, Policies};
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::types::{is_unit, never};
use crate::syntax::walk::Visitor;

/// Judges the function, and says what is to be done with it; `None`: nothing.
pub(crate) fn plan<'a>(
    args: &'a Args,
    function: &mut Function<'_>,
) -> Result<Option<Plan<'a>>, Error> {
    let mut errors = Errors::default();
    let inherit = args.inherit.is_some();
    let Loops { found, stray, .. } = Loops::of(function.block, &mut errors);
    let unchecked = passes(function, inherit, found);
    let cleanup = cleanup(args);
    if let Some(cleanup) = &cleanup {
        Loops::new(&mut errors).visit_expr_mut(&mut cleanup.call.clone());
    }
    if errors.is_empty() && (stray || (unchecked && cleanup.is_none())) {
        return Ok(None);
    }
    let future = future::guarded(function);
    judge_signature(function.sig, &mut errors);
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
    let yield_every = args.yield_every.as_ref().map(|arg| &arg.value);
    let yield_every = yield_every.filter(|_| future.is_some());
    let plan = Plan {
        root: args.krate.as_ref().map(|arg| &arg.value),
        name: args.name.as_ref().map(|arg| &arg.value),
        budget: (!inherit || yield_every.is_some()).then(|| Limits {
            timeout: args.timeout.as_ref().map(|arg| &arg.value),
            iterations: args.iterations.as_ref().map(|arg| &arg.value),
            yield_every,
            warn_at: args.warn_at.as_ref().map(|arg| arg.value),
            on_overdue: args.on_overdue.as_ref().map(|arg| arg.value),
            reserve: args.reserve.as_ref().map(|arg| &arg.value),
        }),
        leave: leave(args, output),
        policies: policies(args, output),
        macros: args.macros.as_ref().map_or(&[], |arg| &arg.value),
        boundary: can_be_wrapped(function),
        entry: inherit && !found && recurses(function),
        future,
        cleanup,
        unchecked,
    };
    errors.finish(Some(plan))
}

fn cleanup(args: &Args) -> Option<Cleanup<'_>> {
    let call = &args.cleanup.as_ref()?.value;
    let is_async = closure(&mut call.clone()).is_some_and(|it| it.asyncness.is_some());
    Some(Cleanup {
        call,
        is_async,
        timeout: args.cleanup_timeout.as_ref().map(|arg| &arg.value),
    })
}

fn policies<'a>(args: &'a Args, output: &ReturnType) -> Option<Policies<'a>> {
    fn value<T>(arg: &Arg<T>) -> &T {
        &arg.value
    }
    args.policy()?;
    Some(Policies {
        retry: args.retry.as_ref().map(value),
        attempt_timeout: args.attempt_timeout.as_ref().map(value),
        breaker: args.breaker.as_ref().map(value),
        bulkhead: args.bulkhead.as_ref().map(value),
        outcome: fallible(output),
    })
}

/// Rejects what no arguments could make right.
fn judge_signature(sig: &Signature, errors: &mut Errors) {
    if let Some(token) = &sig.constness {
        errors.push(Error::new_spanned(
            token,
            "a `const fn` can run at compile time, where there is no clock: remove `const` or the attribute",
        ));
    }
}

/// Rejects ways out that this function does not have. `future`: what it yields, if it is guarded as a future.
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
    if let Some(abi) = abi.filter(|_| args.fallback.is_none() && !breaks) {
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
                format!("this function never returns, so that `{policy}` has nothing to judge: remove it"),
            ));
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

/// Rejects arguments on a block that belong to one function.
pub(crate) fn judge_block(args: &Args, errors: &mut Errors) {
    if let Some(cleanup) = &args.cleanup {
        errors.push(Error::new(
            cleanup.key.span(),
            "`cleanup` belongs to one function: write `#[loop_guard(..., cleanup = ...)]` on that function, in this block",
        ));
    }
}

/// The errors of the item that do not depend on the arguments, behind an error of those.
pub(crate) fn beside(error: Error, target: Result<Target, Error>) -> Error {
    let mut errors = Errors::default();
    match target {
        Err(error) => errors.push(error),
        Ok(Target::Function(mut function)) => {
            if Loops::of(&mut function.block, &mut errors).found {
                judge_signature(&function.sig, &mut errors);
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
fn passes(function: &Function<'_>, inherit: bool, loops: bool) -> bool {
    let is_const = function.sig.constness.is_some();
    // A destructor that was cut short by its caller's budget would be a lost cleanup.
    let idle = !loops && (function.of_block || !recurses(function));
    (inherit && (idle || is_destructor(function.sig)))
        || (function.of_block && is_const && (inherit || !loops))
}

/// Whether the function names itself: then its calls are a loop, and each entry is checked.
fn recurses(function: &Function<'_>) -> bool {
    calls::names(function.block.to_token_stream(), &function.sig.ident)
}

fn is_destructor(sig: &Signature) -> bool {
    sig.ident == "drop"
        && sig.receiver().is_some()
        && sig.inputs.len() == 1
        && matches!(sig.output, ReturnType::Default)
}

/// Whether the body may become a closure. In one, `Location::caller()` would not be the function's
/// caller, and `!` has no value that could be handed out.
fn can_be_wrapped(function: &Function<'_>) -> bool {
    !never(&function.sig.output)
        && !function
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("track_caller"))
}

/// Whether a panic may leave a function with this ABI.
fn unwinds(abi: &syn::Abi) -> bool {
    // `extern` alone is `extern "C"`.
    abi.name
        .as_ref()
        .is_some_and(|name| name.value() == "Rust" || name.value().ends_with("-unwind"))
}
