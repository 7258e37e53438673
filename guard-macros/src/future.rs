//! Futures that are guarded: `async fn`, and functions whose value is an `async` block.

use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Expr, ExprAsync, FnArg, GenericArgument, Ident, Item, Pat, PathArguments, ReturnType,
    Stmt, Type, TypeParamBound,
};

use crate::analyze::Plan;
use crate::blocking;
use crate::calls;
use crate::diverge;
use crate::emit::{Place, statement};
use crate::instrument::{Instrument, closures_have_loops, is_condition, leading_items};
use crate::poll::Captured;
use crate::target::Function;

/// What the future yields, if the function is one to be guarded as a future.
pub(crate) fn output(function: &mut Function<'_>) -> Option<ReturnType> {
    if function.sig.asyncness.is_some() {
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
    let is_async = function.sig.asyncness.is_some();
    if is_async {
        let captured = captured(function);
        guard(plan, output, function, &captured, |function| {
            &mut *function.block
        });
        return;
    }
    if let Some(last) = function.block.stmts.pop() {
        let mut outside = Instrument::new(plan, true);
        outside.place = Place::Closure;
        outside.awaits = false;
        outside.visit_block_mut(function.block);
        function.block.stmts.push(last);
    }
    guard(plan, output, function, &Captured::default(), |function| {
        let block = tail(function.block).map(|tail| &mut tail.block);
        block.unwrap_or_else(|| unreachable!("`output` found one"))
    });
}

fn guard<'f, 'g>(
    plan: &Plan<'_>,
    output: &ReturnType,
    function: &'f mut Function<'g>,
    captured: &Captured,
    body: impl FnOnce(&'f mut Function<'g>) -> &'f mut Block,
) {
    let name = function.sig.ident.clone();
    let block = body(function);
    let in_closures = closures_have_loops(block, plan);
    let mut instrument = Instrument::new(plan, in_closures);
    blocking::mark(block, &instrument.emit.private);
    instrument.visit_block_mut(block);
    let emit = instrument.emit;
    if plan.budget.is_none() && !in_closures {
        if plan.entry {
            block.stmts.insert(0, statement(emit.look(&name)));
        }
        return;
    }
    let begin = match &plan.budget {
        Some(limits) => emit.begin(limits, &name),
        None => proc_macro2::TokenStream::new(),
    };
    let items = leading_items(block);
    let diverges = diverge::block(block);
    match emit.with_fallback(&begin, block, diverges) {
        Some(tokens) => block.stmts = vec![statement(tokens)],
        None => block.stmts.insert(0, statement(begin)),
    }
    block.stmts.insert(0, statement(captured.mentions()));
    let polled = emit.polled(block, output, in_closures, &name);
    block.stmts = items;
    block.stmts.push(statement(polled));
}

/// The names that the arguments bind, with the conditions under which they are there. The body holds
/// them all, for them to be dropped with it, the last one first.
fn captured(function: &mut Function<'_>) -> Captured {
    struct Names<'c> {
        conditions: Vec<syn::Attribute>,
        captured: &'c mut Captured,
    }
    impl VisitMut for Names<'_> {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            visit_mut::visit_pat_ident_mut(self, pat);
            // What begins with a capital may be a constant.
            if !pat.ident.to_string().starts_with(char::is_uppercase) {
                self.captured.add(&self.conditions, &pat.ident);
            }
        }
        fn visit_expr_mut(&mut self, _: &mut Expr) {}
    }
    let mut captured = Captured::default();
    for input in &mut function.sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                captured.add(&[], &Ident::from(receiver.self_token));
            }
            FnArg::Typed(argument) => {
                let conditions = argument.attrs.iter().filter(|attr| is_condition(attr));
                let mut names = Names {
                    conditions: conditions.cloned().collect(),
                    captured: &mut captured,
                };
                let mut pat: Pat = (*argument.pat).clone();
                names.visit_pat_mut(&mut pat);
            }
        }
    }
    captured
}

/// Whether the block may suspend the future whose body it is part of.
pub(crate) fn may_await(block: &mut Block) -> bool {
    struct Awaits(bool);
    impl VisitMut for Awaits {
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
    let mut awaits = Awaits(false);
    awaits.visit_block_mut(block);
    awaits.0
}
