//! Futures that are guarded: `async fn`, and functions whose value is an `async` block.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Block, Expr, ExprAsync, FnArg, GenericArgument, Ident, Item, Pat, PathArguments, ReturnType,
    Stmt, Type, TypeParamBound,
};

use crate::analyze::{Leave, Plan};
use crate::emit::poll::Captured;
use crate::emit::{Place, statement};
use crate::rewrite::blocking;
use crate::rewrite::instrument::{
    Instrument, cleanup, closures_have_loops, is_condition, leading_items, rebind_for_fallback,
    rebind_one,
};
use crate::syntax::calls;
use crate::syntax::diverge;
use crate::syntax::target::Function;
use crate::syntax::walk::Visitor;

/// What the future yields, if the function is one to be guarded as a future.
pub(crate) fn output(function: &mut Function<'_>) -> Option<ReturnType> {
    if function.sig.asyncness.is_some() || blocked_on(function.block).is_some() {
        return Some(function.sig.output.clone());
    }
    tail(function.block)?;
    let ReturnType::Type(arrow, ty) = &function.sig.output else {
        return None;
    };
    let yields = yielded(ty)?.clone();
    Some(ReturnType::Type(*arrow, Box::new(yields)))
}

/// `T` in `impl Future<Output = T>`, `Pin<Box<dyn Future<Output = T>>>` and `BoxFuture<'_, T>`.
fn yielded(ty: &Type) -> Option<&Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(output_of_bound),
        Type::Paren(ty) => yielded(&ty.elem),
        Type::Group(ty) => yielded(&ty.elem),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            let first = types.next()?;
            if last.ident == "Pin" || last.ident == "Box" {
                yielded(first)
            } else {
                (last.ident == "BoxFuture" || last.ident == "LocalBoxFuture").then_some(first)
            }
        }
        _ => None,
    }
}

fn output_of_bound(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let last = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    if last.ident != "Future" {
        return None;
    }
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
        _ => None,
    })
}

/// The block that was an `async fn`'s before `#[tokio::main]` or `#[tokio::test]`, if that came first.
///
/// ```text
/// fn main() { let body = async { .. }; ..; { return runtime.block_on(body); } }
/// ```
fn blocked_on(block: &mut Block) -> Option<&mut ExprAsync> {
    let [Stmt::Local(body), .., last] = block.stmts.as_mut_slice() else {
        return None;
    };
    let (Pat::Ident(name), Some(init)) = (&body.pat, &mut body.init) else {
        return None;
    };
    if !calls::calls_with(last.to_token_stream(), "block_on", &name.ident) {
        return None;
    }
    async_block(&mut init.expr)
}

/// The `async` block that is the function's value, boxed or not.
fn tail(block: &mut Block) -> Option<&mut ExprAsync> {
    match block.stmts.last_mut()? {
        Stmt::Expr(value, None) => async_block(value),
        _ => None,
    }
}

fn async_block(value: &mut Expr) -> Option<&mut ExprAsync> {
    match value {
        Expr::Async(block) => Some(block),
        Expr::Paren(value) => async_block(&mut value.expr),
        Expr::Group(value) => async_block(&mut value.expr),
        Expr::MethodCall(call) if call.method == "boxed" || call.method == "boxed_local" => {
            async_block(&mut call.receiver)
        }
        Expr::Call(call) if call.args.len() == 1 && is_box_pin(&call.func) => {
            async_block(call.args.first_mut()?)
        }
        _ => None,
    }
}

fn is_box_pin(function: &Expr) -> bool {
    let Expr::Path(function) = function else {
        return false;
    };
    let mut names = function.path.segments.iter().rev().map(|name| &name.ident);
    names.next().is_some_and(|name| name == "pin") && names.next().is_some_and(|name| name == "Box")
}

/// Guards the future, in place.
///
/// Without a scope of its own it stays as it is, but for its loops, unless trips may have to unwind to it.
/// What a function does before its `async` block, it does when it is called: outside the scope.
pub(crate) fn instrument(plan: &Plan<'_>, output: &ReturnType, function: &mut Function<'_>) {
    if function.sig.asyncness.is_some() {
        return guard(plan, output, function, captured, |block| Some(block));
    }
    if blocked_on(function.block).is_some() {
        return guard(
            plan,
            output,
            function,
            |_, function| Captured::borrowed(function.block),
            |block| blocked_on(block).map(|body| &mut body.block),
        );
    }
    if let Some(last) = function.block.stmts.pop() {
        let mut outside = Instrument::new(plan, true);
        outside.place = Place::Closure;
        outside.awaits = false;
        outside.visit_block_mut(function.block);
        function.block.stmts.push(last);
    }
    guard(
        plan,
        output,
        function,
        |_, function| Captured::new(function.block),
        |block| tail(block).map(|tail| &mut tail.block),
    );
}

fn guard(
    plan: &Plan<'_>,
    output: &ReturnType,
    function: &mut Function<'_>,
    take_over: impl FnOnce(&Plan<'_>, &mut Function<'_>) -> Captured,
    body: impl Fn(&mut Block) -> Option<&mut Block>,
) {
    let name = function.sig.ident.clone();
    let Some(block) = body(function.block) else {
        return;
    };
    let in_closures = closures_have_loops(block, plan);
    let caught = in_closures && !matches!(plan.leave, Leave::Break);
    let wrapped = plan.budget.is_some() || plan.cleanup.is_some() || caught;
    let captured = wrapped.then(|| take_over(plan, function));
    let Some(block) = body(function.block) else {
        return;
    };
    let mut instrument = Instrument::new(plan, in_closures);
    blocking::mark(block, &instrument.emit.private);
    if !plan.unchecked {
        instrument.visit_block_mut(block);
    }
    let emit = instrument.emit;
    let begin = match &plan.budget {
        Some(limits) => emit.begin(limits, &name),
        None if plan.entry => emit.look(&name),
        None => TokenStream::new(),
    };
    let items = leading_items(block);
    let diverges = diverge::block(block);
    match emit.with_fallback(&begin, block, diverges, wrapped) {
        Some(tokens) => block.stmts = vec![statement(tokens)],
        None => block.stmts.insert(0, statement(begin)),
    }
    if let Some(captured) = captured {
        let start = [emit.yields_type(output), captured.statements()];
        block.stmts.splice(0..0, start.map(statement));
        let cleanup = cleanup(plan, &emit);
        let polled = emit.polled(block, &captured, cleanup.as_ref(), caught, &name);
        block.stmts = vec![statement(polled)];
    }
    block.stmts.splice(0..0, items);
}

/// Moves the arguments into the body, to be dropped with it and in their order, the last one first.
///
/// The body captures what it mentions. What it does not capture as a whole is bound anew in it, and so
/// is every argument behind: variables are dropped before captures.
///
/// ```text
/// async fn f(a: A, (b, _): B) { body }   =>   async fn f(a: A, argument_1': B) {
///     async move { let _ = &a; let argument_1' = argument_1'; let (b, _) = argument_1'; body } ...
/// ```
fn captured(plan: &Plan<'_>, function: &mut Function<'_>) -> Captured {
    let mut body = function.block.to_token_stream();
    if let Leave::Fallback(fallback) = &plan.leave {
        fallback.to_tokens(&mut body);
    }
    let cleanup = (plan.cleanup.as_ref()).map(|cleanup| cleanup.call.to_token_stream());
    let is_for_cleanup = |name: &Ident| {
        let mentioned = (cleanup.as_ref()).is_some_and(|call| calls::mentions(call, name));
        mentioned && !calls::mentions(&body, name)
    };
    let mut captured = Captured::new(function.block);
    let mut anew = false;
    for (index, input) in function.sig.inputs.iter_mut().enumerate() {
        match input {
            FnArg::Receiver(receiver) => captured.mention(&[], &Ident::from(receiver.self_token)),
            FnArg::Typed(argument) => {
                let names = names(&argument.pat);
                // It stays outside, where the cleanup is.
                if (names.iter().flatten()).any(is_for_cleanup) {
                    continue;
                }
                anew |= names.is_none_or(|names| names.iter().any(|name| is_unused(name, &body)));
                if anew {
                    let pat = argument.pat.clone();
                    captured.bind(rebind_one(&body, index, argument));
                    let fallback = rebind_for_fallback(plan, pat, argument);
                    captured.fallback.extend(fallback);
                    continue;
                }
                let conditions = argument.attrs.iter().filter(|attr| is_condition(attr));
                let conditions: Vec<_> = conditions.cloned().collect();
                for name in self::names(&argument.pat).unwrap_or_default() {
                    captured.mention(&conditions, &name);
                }
            }
        }
    }
    captured
}

/// A lint will say so, unless it is mentioned.
fn is_unused(name: &Ident, body: &TokenStream) -> bool {
    !name.to_string().starts_with('_') && !calls::mentions(body, name)
}

/// What the pattern binds, if that is all there is to its value.
fn names(pat: &Pat) -> Option<Vec<Ident>> {
    match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => {
            // What begins with a capital may be a constant.
            let name = pat.ident.clone();
            (!name.to_string().starts_with(char::is_uppercase)).then(|| vec![name])
        }
        Pat::Tuple(pat) => pat
            .elems
            .iter()
            .map(names)
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat()),
        Pat::Paren(pat) => names(&pat.pat),
        _ => None,
    }
}

/// Whether the block may suspend the future whose body it is part of.
pub(crate) fn may_await(block: &mut Block) -> bool {
    let mut awaits = Awaits(false);
    awaits.visit_block_mut(block);
    awaits.0
}

/// Whether the condition may.
pub(crate) fn condition_may_await(condition: &mut Expr) -> bool {
    let mut awaits = Awaits(false);
    awaits.visit_expr_mut(condition);
    awaits.0
}

struct Awaits(bool);

impl Visitor for Awaits {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_await_mut(&mut self, _: &mut syn::ExprAwait) {
        self.0 = true;
    }
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.0 |= calls::may_await(call);
    }
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
