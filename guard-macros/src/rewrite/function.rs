//! A function that is not guarded as a future.

use proc_macro2::TokenStream;
use syn::{Block, Expr, Stmt};

use crate::emit::arguments::Moved;
use crate::emit::budget::root_of_budget;
use crate::emit::policy::CalledBody;
use crate::emit::{Position, braced, run, statement};
use crate::plan::{Leave, Plan};
use crate::rewrite::arguments::moved;
use crate::rewrite::cleanup;
use crate::rewrite::loops::{Instrument, closures_have_loops};
use crate::strips::names::Names;
use crate::syntax::function::Function;
use crate::syntax::types::{is_closure, is_unit};
use crate::syntax::walk::Visitor;

/// Rewrites the function in place.
///
/// ```text
/// fn f() -> R { body }   =>   fn f() -> R { probe; enter; body, its loops checked }
/// ```
///
/// A loop in a closure cannot leave the function by `return`. Its trip unwinds to a boundary, and so does the trip
/// of a helper without a place for an error.
///
/// ```text
/// fn f(x: X) -> R { body }   =>   fn f(x: X) -> R {
///     probe;
///     let outcome = probe.boundary(move || { let _ = &x; enter; body });
///     return match outcome { Ok(value) => value, Err(tripped) => leave };
/// }
/// ```
pub(crate) fn rewrite(plan: &Plan<'_>, function: &mut Function<'_>) {
    let in_closures = !plan.unchecked && closures_have_loops(function.block, plan);
    let bounded = !plan.strict
        && (in_closures || plan.catches)
        && plan.boundary
        && !matches!(plan.leave, Leave::Break);
    // A cleanup borrows what it names, so a strict body only borrows what it can as well.
    let borrows = plan.strict && plan.cleanup.is_some();
    let arguments = match bounded || plan.strict {
        true if borrows => Some(Moved::default()),
        true => Some(moved(plan, function)),
        false => None,
    };
    let mut instrument = Instrument::new(plan, in_closures);
    instrument.names = (!plan.crowded && !ends_in_wrong_loop(function))
        .then(|| Names::of(function.sig, function.block));
    instrument.in_policies();
    if plan.strict && matches!(plan.leave, Leave::Fallback(_)) {
        // The fallback is outside the closure that the body becomes.
        instrument.position = Position::Closure;
    }
    if !plan.unchecked {
        instrument.visit_block_mut(function.block);
    }
    let emit = &instrument.emit;
    let name = &function.sig.ident;
    let block = &mut *function.block;

    let mut outside = Vec::new();
    if let Some(policies) = &plan.policies {
        outside = leading_items(block);
        let call = CalledBody {
            body: block,
            output: &function.sig.output,
            function: name,
            is_async: false,
            moves: Vec::new(),
        };
        let tokens = emit.in_policies(policies, &call);
        block.stmts = vec![statement(tokens)];
    }

    let enter = match &plan.budget {
        Some(limits) => emit.enter(limits, name),
        None if plan.entry => emit.look(name),
        None => TokenStream::new(),
    };
    let leaves = instrument.leaves || !enter.is_empty();
    let probes = arguments.is_some()
        || plan.policies.is_some()
        || (leaves && matches!(plan.leave, Leave::Probe(_)));
    let mut start = cleanup::cleanup(plan, emit).unwrap_or_default();
    start.extend(enter);

    let arguments = arguments.unwrap_or_default();
    if plan.strict {
        let strict = emit.strict(&arguments, block, !borrows, name);
        block.stmts = vec![statement(strict)];
    }
    match &plan.leave {
        Leave::Fallback(fallback) if leaves => {
            // Otherwise the arguments are bound around the fallback already.
            let rebound = plan.strict.then_some(&arguments.rebound);
            let tokens = emit.with_fallback(fallback, &start, block, rebound, false);
            block.stmts = vec![statement(tokens)];
        }
        // A closure learns the types of its arguments from the function's type, which a `match` would hide.
        _ if plan.cleanup.is_some() && is_closure(&function.sig.output) => {
            let value = braced(block);
            block.stmts = vec![statement(start), statement(value)];
        }
        _ if bounded || plan.cleanup.is_some() => {
            let run = run(block);
            block.stmts = vec![statement(start), statement(run)];
        }
        _ => {
            outside.extend(leading_items(block));
            if !start.is_empty() {
                block.stmts.insert(0, statement(start));
            }
        }
    }
    if bounded {
        block.stmts = vec![statement(emit.boundary(&arguments, block))];
    }
    if let Some(grant) = emit.grant(name) {
        outside.extend([grant, root_of_budget()].map(statement));
    }
    outside.extend(emit.root().map(statement));
    if probes {
        outside.push(statement(emit.probe(None)));
    }
    outside.extend(emit.crowd().filter(|_| leaves).map(statement));
    block.stmts.splice(0..0, outside);
}

/// Takes the items at the block's start, which would otherwise come after our statements.
pub(crate) fn leading_items(block: &mut Block) -> Vec<Stmt> {
    let is_other = |stmt: &Stmt| !matches!(stmt, Stmt::Item(_));
    let first = block.stmts.iter().position(is_other);
    let count = first.unwrap_or(block.stmts.len());
    block.stmts.drain(..count).collect()
}

/// Whether a loop without a value stands where the function's value should be. The compiler's message about that is
/// clear if it sees the user's loop.
fn ends_in_wrong_loop(function: &Function<'_>) -> bool {
    let last = function.block.stmts.last();
    !is_unit(&function.sig.output)
        && matches!(
            last,
            Some(Stmt::Expr(Expr::ForLoop(_) | Expr::While(_), None))
        )
}
