//! Code that may suspend the future that it is part of.

use syn::{Block, Expr, ExprAwait, Item, Path};

use crate::syntax::calls;
use crate::syntax::walk::{self, Visitor};

/// Whether the block may suspend. `named`: the user's macros that the attribute names.
pub(crate) fn in_block(block: &mut Block, named: &[Path]) -> bool {
    let mut awaits = Awaits::new(named);
    awaits.visit_block_mut(block);
    awaits.found
}

/// Whether the expression may suspend.
pub(crate) fn in_expr(expr: &mut Expr, named: &[Path]) -> bool {
    let mut awaits = Awaits::new(named);
    awaits.visit_expr_mut(expr);
    awaits.found
}

/// Whether nothing but `await`s that can be rewritten, and are outside of macros, may suspend the block.
pub(crate) fn are_in_sight(block: &mut Block, named: &[Path]) -> bool {
    let mut macros = Macros {
        named,
        found: false,
    };
    macros.visit_block_mut(block);
    !macros.found
}

/// Whether a macro may await, or an await is one of a value in braces, which a lint would call unnecessary elsewhere.
struct Macros<'n> {
    named: &'n [Path],
    found: bool,
}

impl Visitor for Macros<'_> {
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.found |= calls::may_await(call, self.named);
    }

    fn visit_expr_await_mut(&mut self, awaited: &mut ExprAwait) {
        let mut base = &*awaited.base;
        while let Expr::Paren(inner) = base {
            base = &inner.expr;
        }
        self.found |= matches!(base, Expr::Block(_));
        walk::expr_await(self, awaited);
    }

    // See `Awaits` below: these are other futures, or other functions.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

struct Awaits<'n> {
    named: &'n [Path],
    found: bool,
}

impl<'n> Awaits<'n> {
    fn new(named: &'n [Path]) -> Self {
        Self {
            named,
            found: false,
        }
    }
}

impl Visitor for Awaits<'_> {
    fn visit_expr_await_mut(&mut self, _: &mut ExprAwait) {
        self.found = true;
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        self.found |= calls::may_await(call, self.named);
    }

    // These are futures of their own, or other functions.
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
