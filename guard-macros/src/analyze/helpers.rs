//! Functions that catch the trips of what they call.
//!
//! A helper without a budget and without a place for an error (`inherit`, `-> u32`) leaves by unwinding. It is
//! chance whether its loop or its caller's notices first that the time is over, so the function that owns the
//! budget catches such a trip and leaves by its own way out. It does not if nothing that it calls could trip, or if
//! it calls itself and does not say `on_trip = "error"`: debug builds have no stack to spare for that.
//!
//! In a future, calls that make a future which is awaited at once (`client.get(url).send().await`) do not count as
//! helpers: catching would turn the body into a future of its own, for the sake of constructors. What such a future does
//! when it is polled is caught at the await.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Block, Expr, ExprAwait, FnArg, Ident, Item, Macro, Pat, ReceiverKind, ReturnType, Signature,
    Type,
};

use crate::plan::{Guarded, Leave};
use crate::strips::plain::{is_cheap, is_made, is_of_primitive, is_primitive};
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::types::{is_called_result, unknown};
use crate::syntax::walk::{self, Visitor};

/// Whether the function, which has a budget, should catch trips.
pub(crate) fn catches(function: &Function<'_>, leave: &Leave<'_>) -> bool {
    let names_itself = || calls::names(function.block.to_token_stream(), &function.sig.ident);
    let has_a_place = match leave {
        Leave::Probe(_) => {
            may_be_result(function.sig, &function.sig.output, function.block) && !names_itself()
        }
        Leave::Error(_) => true,
        Leave::Fallback(fallback) => stays_outside(fallback, function.sig) && !names_itself(),
        Leave::Panic | Leave::Break | Leave::Cut => false,
    };
    has_a_place && calls_others(&mut function.block.clone())
}

/// Whether the future that the function is, or makes, catches those of what it calls, and those of what it awaits, where
/// it has a budget.
pub(crate) fn of_future(
    function: &mut Function<'_>,
    future: &Guarded,
    leave: &Leave<'_>,
) -> (bool, bool) {
    let sig = &*function.sig;
    let Some(body) = future.body.find(function.block) else {
        return (false, false);
    };
    let has_a_place = match leave {
        Leave::Probe(_) => may_be_result(sig, &future.output, body),
        Leave::Error(_) | Leave::Fallback(_) => true,
        Leave::Panic | Leave::Break | Leave::Cut => false,
    };
    (has_a_place && calls_others(&mut body.clone()), has_a_place)
}

/// Whether the type goes by the name of `Result`, or by one that nobody knows while the body says `Ok` or `Err`.
fn may_be_result(sig: &Signature, output: &ReturnType, body: &Block) -> bool {
    let is_argument = |name: &Ident| sig.generics.type_params().any(|it| it.ident == *name);
    let says_so = || {
        calls::any_ident(body.to_token_stream(), &|name| {
            name == "Ok" || name == "Err"
        })
    };
    is_called_result(output) || unknown(output).is_some_and(|name| !is_argument(name) && says_so())
}

/// Whether the fallback uses no argument that the body may have taken.
fn stays_outside(fallback: &Expr, sig: &Signature) -> bool {
    let tokens = fallback.to_token_stream();
    sig.inputs.iter().all(|input| match input {
        FnArg::Receiver(receiver) => {
            let is_shared = matches!(receiver.kind, ReceiverKind::Reference(_, _, None));
            is_shared || !calls::mentions(&tokens, &Ident::from(receiver.self_token))
        }
        FnArg::Typed(argument) => is_copy(&argument.ty) || !shares_a_name(&argument.pat, &tokens),
    })
}

fn is_copy(ty: &Type) -> bool {
    match ty {
        Type::Reference(ty) => ty.mutability.is_none(),
        ty => is_primitive(ty),
    }
}

fn shares_a_name(pat: &Pat, tokens: &TokenStream) -> bool {
    calls::any_ident(pat.to_token_stream(), &|name| calls::mentions(tokens, name))
}

fn calls_others(body: &mut Block) -> bool {
    let mut calls = Calls(false);
    calls.visit_block_mut(body);
    calls.0
}

/// Whether anything is called that could be a helper.
struct Calls(bool);

impl Visitor for Calls {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.0 |= match expr {
            Expr::Call(call) => {
                !is_of_primitive(&call.func) && !is_made(&call.func) && !is_drop(&call.func)
            }
            Expr::MethodCall(call) => !is_cheap(&call.method),
            _ => false,
        };
        if !self.0 {
            walk::expr(self, expr);
        }
    }

    fn visit_expr_await_mut(&mut self, awaited: &mut ExprAwait) {
        let mut made = &mut *awaited.base;
        loop {
            made = match made {
                Expr::Call(call) => {
                    call.args.iter_mut().for_each(|it| self.visit_expr_mut(it));
                    return;
                }
                Expr::MethodCall(call) => {
                    call.args.iter_mut().for_each(|it| self.visit_expr_mut(it));
                    &mut call.receiver
                }
                Expr::Try(it) => &mut it.expr,
                Expr::Paren(it) => &mut it.expr,
                Expr::Group(it) => &mut it.expr,
                Expr::Await(it) => &mut it.base,
                other => return self.visit_expr_mut(other),
            };
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if calls::runs_in_place(call, &[]) {
            calls::visit(&mut call.clone(), &[], self);
        } else {
            self.0 |= !calls::is_known(&call.path) || has_call(call.tokens.clone());
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Destructors run to their end.
fn is_drop(function: &Expr) -> bool {
    matches!(function, Expr::Path(path) if path.path.is_ident("drop"))
}

/// Whether a name is followed by parentheses.
fn has_call(tokens: TokenStream) -> bool {
    let mut named = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            let called = std::mem::take(&mut named) && group.delimiter() == Delimiter::Parenthesis;
            called || has_call(group.stream())
        }
        token => {
            named = matches!(token, TokenTree::Ident(_));
            false
        }
    })
}
