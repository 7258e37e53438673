//! A function that is guarded as a future.

use proc_macro2::TokenStream;
use syn::Block;

use crate::emit::policy::Call;
use crate::emit::poll::Polled;
use crate::emit::{Place, statement};
use crate::plan::{FutureBody, Guarded, Leave, Plan};
use crate::rewrite::arguments::Captured;
use crate::rewrite::blocking;
use crate::rewrite::cleanup;
use crate::rewrite::function::leading_items;
use crate::rewrite::loops::{Instrument, closures_have_loops};
use crate::strips::known::Names;
use crate::syntax::diverge;
use crate::syntax::function::Function;
use crate::syntax::walk::Visitor;

/// Guards the future, in place.
///
/// ```text
/// async fn f(a: A) -> R { body }   =>   async fn f(a: A) -> R {
///     static SITE; let mut task = Task::new();
///     let outcome = { poll, in the task's scope, async move { let _ = &a; begin; body, its loops checked } };
///     match outcome { Ok(value) => value, Err(tripped) => leave }
/// }
/// ```
///
/// Without a scope of its own the future stays as it is, but for its loops, unless trips may have to unwind to it. What
/// a function does before its `async` block, it does when it is called: outside the scope.
pub(crate) fn rewrite(plan: &Plan<'_>, future: &Guarded, function: &mut Function<'_>) {
    let names = Names::of(&function.sig.inputs, function.block);
    if future.body == FutureBody::Value {
        before_the_future(plan, function.block);
    }
    let name = function.sig.ident.clone();
    let Some(block) = future.body.find(function.block) else {
        return;
    };
    let in_closures = closures_have_loops(block, plan);
    let caught = in_closures && !matches!(plan.leave, Leave::Break);
    let wrapped = plan.budget.is_some() || plan.cleanup.is_some() || caught;
    let captured = wrapped.then(|| match future.body {
        FutureBody::Whole => Captured::arguments(plan, function),
        FutureBody::Blocked => Captured::borrowed(function.block),
        FutureBody::Value => Captured::nothing(function.block),
    });
    let Some(block) = future.body.find(function.block) else {
        return;
    };
    let mut instrument = Instrument::new(plan, in_closures);
    instrument.names = instrument.names.map(|_| names);
    instrument.in_policies();
    blocking::mark(block, &instrument.emit.private);
    if !plan.unchecked {
        instrument.visit_block_mut(block);
    }
    let emit = &instrument.emit;
    let items = leading_items(block);
    let mut diverges = diverge::block(block);
    if let Some(policies) = &plan.policies {
        block
            .stmts
            .insert(0, statement(emit.yields_type(&future.output)));
        let call = Call {
            body: block,
            output: &future.output,
            function: &name,
            is_async: true,
        };
        let tokens = emit.in_policies(policies, &call);
        block.stmts = vec![statement(tokens)];
        diverges = true;
    }
    let begin = match &plan.budget {
        Some(limits) => emit.begin(limits, &name),
        None if plan.entry => emit.look(&name),
        None => TokenStream::new(),
    };
    match &plan.leave {
        Leave::Fallback(fallback) if instrument.leaves || !begin.is_empty() => {
            let tokens = emit.with_fallback(fallback, &begin, block, diverges, wrapped);
            block.stmts = vec![statement(tokens)];
        }
        _ => block.stmts.insert(0, statement(begin)),
    }
    if let Some(captured) = captured {
        let start = [emit.yields_type(&future.output), captured.statements()];
        block.stmts.splice(0..0, start.map(statement));
        let polled = Polled {
            body: block,
            borrows: captured.borrowed,
            caught,
            cleanup: cleanup::cleanup(plan, emit),
            rebound: captured.fallback,
            value: captured.value,
        };
        block.stmts = vec![statement(emit.polled(&polled, &name))];
    }
    block.stmts.splice(0..0, items);
}

/// Checks the loops that run when the function is called, and not when its future is polled.
fn before_the_future(plan: &Plan<'_>, block: &mut Block) {
    if let Some(last) = block.stmts.pop() {
        let mut outside = Instrument::new(plan, true);
        outside.place = Place::Closure;
        outside.awaits = false;
        outside.visit_block_mut(block);
        block.stmts.push(last);
    }
}
