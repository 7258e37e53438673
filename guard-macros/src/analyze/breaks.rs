//! Loops that `on_trip = "break"` cannot leave, because they have to yield a value.

use syn::{Block, Error, Expr, Item, Label};

use crate::errors::Errors;
use crate::syntax::jumps::Jumps;
use crate::syntax::walk::{self, Visitor};

/// Rejects the loops that must yield a value, which a bare `break` could not provide. `value`: the function returns
/// one.
pub(crate) fn judge_breaks(body: &mut Block, value: bool, errors: &mut Errors) {
    Breaks { errors, value }.visit_block_mut(body);
}

struct Breaks<'e> {
    errors: &'e mut Errors,
    /// Whether the current expression is the value of the function or of a variable.
    value: bool,
}

impl Breaks<'_> {
    /// Judges the `break`s of one loop. Returns whether there are any.
    fn judge(&mut self, label: Option<&Label>, body: &mut Block) -> bool {
        let mut broken = false;
        let mut visit = |jump: &mut Expr| {
            let Expr::Break(jump) = jump else { return };
            broken = true;
            if jump.expr.is_some() {
                self.errors.push(Error::new(
                    jump.break_token.span,
                    "this `break` gives its loop a value, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
                ));
            }
        };
        Jumps::new(label, &mut visit).visit_block_mut(body);
        let value = std::mem::replace(&mut self.value, false);
        walk::block(self, body);
        self.value = value;
        broken
    }
}

impl Visitor for Breaks<'_> {
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
        if !self.judge(expr.label.as_ref(), &mut expr.body) && value {
            self.errors.push(Error::new(
                expr.loop_token.span,
                "this loop must produce a value, and `on_trip = \"break\"` has none: write `fallback = ...` instead",
            ));
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut syn::ExprWhile) {
        self.judge(expr.label.as_ref(), &mut expr.body);
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut syn::ExprForLoop) {
        self.judge(expr.label.as_ref(), &mut expr.body);
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut syn::ExprClosure) {
        let value = std::mem::replace(&mut self.value, false);
        self.visit_expr_mut(&mut expr.body);
        self.value = value;
    }

    // Loops in these do not belong to this function.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
}
