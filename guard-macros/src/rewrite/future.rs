//! A function that is guarded as a future.

use proc_macro2::TokenStream;
use syn::{Block, Ident, Stmt};

use crate::emit::arguments::Moved;
use crate::emit::policy::CalledBody;
use crate::emit::poll::Polled;
use crate::emit::{Emit, Position, braced, ends, run, statement};
use crate::plan::{FutureBody, Guarded, Leave, Plan};
use crate::rewrite::arguments::moved;
use crate::rewrite::function::leading_items;
use crate::rewrite::loops::{Instrument, closures_have_loops};
use crate::rewrite::{awaits, cleanup, strict};
use crate::strips::names::Names;
use crate::syntax::function::{Function, is_foreign};
use crate::syntax::moves;
use crate::syntax::types::never;
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
/// If each await can be seen and nothing has to be caught, the body stays in place:
///
/// ```text
/// async fn f(a: A) -> R { body }   =>   async fn f(a: A) -> R {
///     static SITE; let mut task = InPlace::new(); begin; body, its loops checked, its awaits through the task
/// }
/// ```
///
/// Without a scope of its own the future stays as it is, except for its loops, unless trips may have to unwind to
/// it. What a function does before its `async` block runs at the call, outside the scope.
pub(crate) fn rewrite(plan: &Plan<'_>, future: &Guarded, function: &mut Function<'_>) {
    let known = Names::of(function.sig, function.block);
    if future.body == FutureBody::Value {
        before_the_future(plan, function.block);
    }
    let name = function.sig.ident.clone();
    let remade = function.attrs.iter().any(is_foreign);
    let Some(block) = future.body.find(function.block) else {
        return;
    };
    let value = block.stmts.last().map_or_else(|| ends(&name), ends);
    let in_closures = closures_have_loops(block, plan);
    let caught = (in_closures || plan.catches) && !matches!(plan.leave, Leave::Break);
    let in_place = !caught && awaits::stay(plan, future, function);
    let wrapped = !in_place && (plan.budget.is_some() || plan.cleanup.is_some() || caught);
    let repeats = (plan.policies.as_ref()).is_some_and(|policies| policies.retry.is_some());
    let inputs = function.sig.inputs.clone();
    let moves = match future.body.find(function.block) {
        Some(block) if repeats => moves::of_arguments(inputs.iter(), block),
        _ => Vec::new(),
    };
    let arguments = match future.body {
        FutureBody::Whole if wrapped => moved(plan, function),
        _ => Moved::default(),
    };
    let Some(block) = future.body.find(function.block) else {
        return;
    };
    let mut instrument = Instrument::new(plan, in_closures);
    instrument.names = instrument.names.map(|_| known);
    instrument.in_policies();
    instrument.emit.in_place = in_place;
    let checks_value = in_place && strict::may_be(plan);
    let strict = checks_value.then(|| strict::replace(block, &instrument.emit, &name));
    if !plan.unchecked {
        instrument.visit_block_mut(block);
    }
    let emit = &instrument.emit;
    let shadows = !wrapped && block.stmts.iter().any(|stmt| matches!(stmt, Stmt::Item(_)));
    if in_place {
        awaits::replace(block, emit);
    }
    if let Some(strict) = strict {
        strict.check(block);
    }
    if let Some(policies) = &plan.policies {
        let typed = statement(emit.yields_type(&future.output));
        block.stmts.insert(0, typed);
        let call = CalledBody {
            body: block,
            output: &future.output,
            function: &name,
            is_async: true,
            moves,
        };
        let tokens = emit.in_policies(policies, &call);
        block.stmts = vec![statement(tokens)];
    }
    let begin = beginning(plan, emit, &name);
    let leaves = instrument.leaves || !begin.is_empty();
    let probes = wrapped
        || checks_value
        || plan.policies.is_some()
        || (leaves && matches!(plan.leave, Leave::Probe(_)));
    let probe = (probes && !never(&future.output)).then(|| {
        // At the beginning of the function, the value of a block is not known yet. Neither is that of a function that
        // another macro may turn into one with such a block.
        let is_block = future.body == FutureBody::Value || (remade && !shadows);
        let named = is_block.then_some(&future.output);
        statement(emit.probe(named))
    });
    let crowd = emit.crowd().filter(|_| leaves);
    match &plan.leave {
        Leave::Fallback(fallback) if leaves => {
            let tokens = emit.with_fallback(fallback, &begin, block, None, wrapped);
            block.stmts = vec![statement(tokens)];
        }
        _ if in_place && awaits::begins_plainly(plan) && awaits::ends_plainly(block) => {
            start(block, Some(statement(begin)));
        }
        _ if wrapped || in_place => block.stmts = vec![statement(begin), statement(run(block))],
        _ if probe.is_some() && future.body == FutureBody::Value => {
            block.stmts = vec![statement(begin), statement(braced(block))];
        }
        _ => start(block, (!begin.is_empty()).then(|| statement(begin))),
    }
    if wrapped {
        let polled = Polled {
            body: block,
            arguments,
            borrows: future.body == FutureBody::Blocked,
            output: probe.is_some().then_some(&future.output),
            caught,
            cleanup: cleanup::cleanup(plan, emit),
            value,
        };
        block.stmts = vec![statement(emit.polled(&polled, &name))];
    }
    start(block, crowd.map(statement));
    start(block, probe);
}

/// What stands in front of the body, and opens its scope.
fn beginning(plan: &Plan<'_>, emit: &Emit<'_>, name: &Ident) -> TokenStream {
    let limits = match &plan.budget {
        Some(limits) => limits,
        None if plan.entry => return emit.look(name),
        None => return TokenStream::new(),
    };
    let begin = emit.begin(limits, name);
    if !emit.in_place {
        return begin;
    }
    let cleanup = cleanup::cleanup(plan, emit);
    let keep = emit.keep(limits, name, cleanup.as_ref());
    keep.into_iter().chain(begin).collect()
}

/// Puts a statement in front of the others, behind the items that a block begins with.
fn start(block: &mut Block, statement: Option<Stmt>) {
    let items = leading_items(block);
    block.stmts.splice(0..0, items.into_iter().chain(statement));
}

/// Checks the loops that run when the function is called, and not when its future is polled.
fn before_the_future(plan: &Plan<'_>, block: &mut Block) {
    if let Some(last) = block.stmts.pop() {
        let mut outside = Instrument::new(plan, true);
        outside.position = Position::Closure;
        outside.awaits = false;
        outside.emit.outside = true;
        outside.visit_block_mut(block);
        block.stmts.push(last);
    }
}
