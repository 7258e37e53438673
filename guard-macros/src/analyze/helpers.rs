//! Functions that catch the trips of what they call.
//!
//! A helper without a budget and without a place for an error (`inherit`, `-> u32`) leaves by unwinding. It is
//! chance whether its loop or its caller's notices first that the time is over, so the function that owns the
//! budget catches such a trip and leaves by its own way out. It does not if nothing that it calls could trip, or if
//! it calls itself: debug builds have no stack to spare for that, and its own activations have a place for the
//! error.

//!
//! In a future, calls that make a future which is awaited at once (`client.get(url).send().await`) do not count as
//! helpers: catching would turn the body into a future of its own, for the sake of constructors.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Expr, ExprAwait, Item, Macro, ReturnType};

use crate::plan::Leave;
use crate::strips::plain::{is_cheap, is_made, is_of_primitive};
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::types::is_called_result;
use crate::syntax::walk::{self, Visitor};

/// Whether the function, which has a budget, should catch trips.
pub(crate) fn catches(function: &Function<'_>, leave: &Leave<'_>) -> bool {
    let has_a_place = match leave {
        Leave::Probe(_) => is_called_result(&function.sig.output),
        Leave::Error(_) => true,
        // A fallback could use an argument that the boundary has moved.
        Leave::Fallback(_) | Leave::Panic | Leave::Break | Leave::Cut => false,
    };
    let names_itself = || calls::names(function.block.to_token_stream(), &function.sig.ident);
    has_a_place && !names_itself() && calls_others(&mut function.block.clone())
}

/// Whether the future with this body, which has a budget, should catch trips.
pub(crate) fn future_catches(body: &mut Block, output: &ReturnType, leave: &Leave<'_>) -> bool {
    let has_a_place = match leave {
        Leave::Probe(_) => is_called_result(output),
        Leave::Error(_) | Leave::Fallback(_) => true,
        Leave::Panic | Leave::Break | Leave::Cut => false,
    };
    has_a_place && calls_others(body)
}

fn calls_others(body: &mut Block) -> bool {
    let mut calls = Calls(false);
    calls.visit_block_mut(body);
    calls.0
}

/// Whether anything is called that could be a helper.
struct Calls(bool);

impl Visitor for Calls {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

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
            self.0 |= calls::may_await(call) || has_call(call.tokens.clone());
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
