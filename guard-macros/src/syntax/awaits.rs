//! Code that may suspend the future that it is part of.

use syn::{Block, Expr, ExprAwait, Item};

use crate::syntax::calls;
use crate::syntax::walk::{self, Visitor};

/// Whether the block may suspend.
pub(crate) fn in_block(block: &mut Block) -> bool {
    let mut awaits = Awaits(false);
    awaits.visit_block_mut(block);
    awaits.0
}

/// Whether the expression may suspend.
pub(crate) fn in_expr(expr: &mut Expr) -> bool {
    let mut awaits = Awaits(false);
    awaits.visit_expr_mut(expr);
    awaits.0
}

/// Whether nothing but `await`s that can be rewritten, and are outside of macros, may suspend the block.
pub(crate) fn are_in_sight(block: &mut Block) -> bool {
    let mut macros = Macros(false);
    macros.visit_block_mut(block);
    !macros.0
}

/// Whether a macro may await, or an await is one of a value in braces, which a lint would call unnecessary elsewhere.
struct Macros(bool);

impl Visitor for Macros {
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.0 |= calls::may_await(call);
    }

    fn visit_expr_await_mut(&mut self, awaited: &mut ExprAwait) {
        let mut base = &*awaited.base;
        while let Expr::Paren(inner) = base {
            base = &inner.expr;
        }
        self.0 |= matches!(base, Expr::Block(_));
        walk::expr_await(self, awaited);
    }

    // See `Awaits` below: these are other futures, or other functions.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

struct Awaits(bool);

impl Visitor for Awaits {
    fn visit_expr_await_mut(&mut self, _: &mut ExprAwait) {
        self.0 = true;
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.0 |= calls::may_await(call);
    }

    // These are futures of their own, or other functions.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
