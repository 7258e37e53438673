//! Which loop a `break` or `continue` belongs to. Nothing else answers that question.

use syn::{Expr, Ident, Item, Label, Macro};

use crate::syntax::calls;
use crate::syntax::walk::{self, Visitor};

/// Visits the `break`s and `continue`s whose target is one given loop.
///
/// It is sent into the body of that loop, or into its condition. A jump without a label belongs to the innermost
/// loop around it; one with a label to the innermost loop or block with that label, so an inner one of the same
/// name hides the loop.
pub(crate) struct Jumps<'v> {
    label: Option<&'v Ident>,
    visit: &'v mut dyn FnMut(&mut Expr),
    /// How many loops are around the current expression, inside the given loop.
    loops: u32,
    /// How many loops and blocks around it hide the label.
    hidden: u32,
    /// Whether a macro call mentions `break`, so that it may leave the loop unseen.
    pub(crate) in_macro: bool,
}

impl<'v> Jumps<'v> {
    pub(crate) fn new(label: Option<&'v Label>, visit: &'v mut dyn FnMut(&mut Expr)) -> Self {
        Self {
            label: label.map(|label| &label.name.ident),
            visit,
            loops: 0,
            hidden: 0,
            in_macro: false,
        }
    }

    fn is_mine(&self, label: Option<&syn::Lifetime>) -> bool {
        match label {
            None => self.loops == 0,
            Some(label) => self.hidden == 0 && self.label == Some(&label.ident),
        }
    }
}

impl Visitor for Jumps<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let (label, is_loop) = match expr {
            Expr::Loop(inner) => (inner.label.as_ref(), true),
            Expr::While(inner) => (inner.label.as_ref(), true),
            Expr::ForLoop(inner) => (inner.label.as_ref(), true),
            Expr::Block(inner) => (inner.label.as_ref(), false),
            _ => (None, false),
        };
        let hides = label.is_some_and(|label| Some(&label.name.ident) == self.label);
        self.loops += u32::from(is_loop);
        self.hidden += u32::from(hides);
        walk::expr(self, expr);
        self.loops -= u32::from(is_loop);
        self.hidden -= u32::from(hides);
        let mine = match expr {
            Expr::Break(jump) => self.is_mine(jump.label.as_ref()),
            Expr::Continue(jump) => self.is_mine(jump.label.as_ref()),
            _ => false,
        };
        if mine {
            (self.visit)(expr);
        }
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.in_macro |= calls::any_ident(call.tokens.clone(), &|name| name == "break");
    }

    // No jump leaves these.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
