//! Functions that catch the trips of what they call.
//!
//! A helper without a budget and without a place for an error (`inherit`, `-> u32`) leaves by unwinding. Whether its loop or
//! its caller's notices that the time is over is chance, so the function that owns the budget catches such a trip and
//! leaves by its own way out. It does not where nothing that it calls could trip, and where it calls itself: debug builds
//! have no stack to spare there, and its own activations have a place for the error.

use quote::ToTokens;
use syn::{Expr, Item, Macro};

use crate::plan::Leave;
use crate::strips::plain::{CHEAP, is_made, is_of_primitive};
use crate::syntax::calls;
use crate::syntax::function::Function;
use crate::syntax::types::is_called_result;
use crate::syntax::walk::{self, Visitor};

/// Whether the function, which has a budget, catches trips.
pub(crate) fn catches(function: &Function<'_>, leave: &Leave<'_>) -> bool {
    let has_a_place = match leave {
        Leave::Probe(_) => is_called_result(&function.sig.output),
        Leave::Error(_) => true,
        // A fallback could be an argument, which the boundary would have moved.
        Leave::Fallback(_) | Leave::Panic | Leave::Break | Leave::Cut => false,
    };
    let names_itself = || calls::names(function.block.to_token_stream(), &function.sig.ident);
    has_a_place && !names_itself() && calls_others(function)
}

fn calls_others(function: &Function<'_>) -> bool {
    let mut calls = Calls(false);
    calls.visit_block_mut(&mut function.block.clone());
    calls.0
}

/// Whether something is called that could be a helper.
struct Calls(bool);

impl Visitor for Calls {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        self.0 |= match expr {
            Expr::Call(call) => !is_of_primitive(&call.func) && !is_made(&call.func),
            Expr::MethodCall(call) => !CHEAP.contains(&call.method.to_string().as_str()),
            _ => false,
        };
        if !self.0 {
            walk::expr(self, expr);
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if calls::runs_in_place(call, &[]) {
            calls::visit(&mut call.clone(), &[], self);
        } else {
            self.0 = true;
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}
