//! `on_trip = "break"` and loops that have to yield a value.

use syn::{Block, Error, Item};

use crate::args::Errors;
use crate::syntax::walk::{self, Visitor};

/// Looks for `loop`s that must yield a value, which a bare `break` could not give.
pub(crate) struct Breaks<'e> {
    errors: &'e mut Errors,
    /// The loops around: label, and whether a `break` leaves it.
    stack: Vec<(Option<syn::Ident>, bool)>,
    /// Whether the expression at hand is the value of the function or of a variable, or must not end.
    value: bool,
}

impl<'e> Breaks<'e> {
    /// Reports the loops of a body whose function returns a value, or does not.
    pub(crate) fn judge(body: &mut Block, value: bool, errors: &'e mut Errors) {
        Self {
            errors,
            stack: Vec::new(),
            value,
        }
        .visit_block_mut(body);
    }
}

impl Breaks<'_> {
    fn inside(&mut self, label: Option<&syn::Label>, body: &mut Block) -> bool {
        self.stack
            .push((label.map(|label| label.name.ident.clone()), false));
        let value = std::mem::replace(&mut self.value, false);
        walk::block(self, body);
        self.value = value;
        self.stack.pop().is_some_and(|(_, broken)| broken)
    }
}

impl Visitor for Breaks<'_> {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let value = self.value;
        let last = block.stmts.len().saturating_sub(1);
        for (index, stmt) in block.stmts.iter_mut().enumerate() {
            self.value = value && index == last && matches!(stmt, syn::Stmt::Expr(_, None));
            self.visit_stmt_mut(stmt);
        }
        self.value = value;
    }

    fn visit_local_init_mut(&mut self, init: &mut syn::LocalInit) {
        let value = std::mem::replace(&mut self.value, true);
        walk::local_init(self, init);
        self.value = value;
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut syn::ExprLoop) {
        let value = self.value;
        if !self.inside(expr.label.as_ref(), &mut expr.body) && value {
            self.errors.push(Error::new(
                expr.loop_token.span,
                "a value is expected behind this loop, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
            ));
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut syn::ExprWhile) {
        self.inside(expr.label.as_ref(), &mut expr.body);
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut syn::ExprForLoop) {
        self.inside(expr.label.as_ref(), &mut expr.body);
    }

    fn visit_expr_break_mut(&mut self, expr: &mut syn::ExprBreak) {
        let wanted = expr.label.as_ref().map(|label| &label.ident);
        let target = self
            .stack
            .iter_mut()
            .rev()
            .find(|(label, _)| wanted.is_none() || label.as_ref() == wanted);
        let Some((_, broken)) = target else { return };
        *broken = true;
        if expr.expr.is_some() {
            self.errors.push(Error::new(
                expr.break_token.span,
                "this `break` gives its loop a value, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
            ));
        }
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut syn::ExprClosure) {
        let outer = (
            std::mem::take(&mut self.stack),
            std::mem::replace(&mut self.value, false),
        );
        self.visit_expr_mut(&mut expr.body);
        (self.stack, self.value) = outer;
    }

    // Loops in these are not this function's.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
}
