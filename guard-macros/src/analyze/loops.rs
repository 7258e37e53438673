//! The loops of a body, and the attributes on them.

use syn::{Attribute, Block, Error, Item};

use crate::args::pace::paced;
use crate::errors::Errors;
use crate::syntax::calls;
use crate::syntax::function::{is_loop_guard, is_on_loop};
use crate::syntax::walk::{self, Visitor};

/// Judges the attributes inside a body, and counts its loops.
pub(crate) struct Loops<'e> {
    errors: &'e mut Errors,
    pub(crate) found: bool,
    /// How many loops there are; a macro call with loops counts as one.
    pub(crate) count: usize,
    /// The number of loops, closures and `async` blocks around the current expression.
    depth: u32,
    /// Whether a jump has no loop around it. That does not compile, and the compiler's own message is best if it
    /// sees the function as the user wrote it.
    pub(crate) stray: bool,
}

impl<'e> Loops<'e> {
    pub(crate) fn of(block: &mut Block, errors: &'e mut Errors) -> Self {
        let mut loops = Loops::new(errors);
        loops.visit_block_mut(block);
        loops
    }

    pub(crate) fn new(errors: &'e mut Errors) -> Self {
        Loops {
            errors,
            found: false,
            count: 0,
            depth: 0,
            stray: false,
        }
    }

    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        self.depth += 1;
        visit(self);
        self.depth -= 1;
    }

    fn judge(&mut self, attrs: &[Attribute]) {
        self.found = true;
        self.count += 1;
        for attribute in attrs.iter().filter(|attribute| is_on_loop(attribute)) {
            if let Err(error) = paced(attribute) {
                self.errors.push(error);
            }
        }
    }
}

impl Visitor for Loops<'_> {
    fn visit_expr_loop_mut(&mut self, expr: &mut syn::ExprLoop) {
        self.judge(&expr.attrs);
        self.inside(|it| it.visit_block_mut(&mut expr.body));
    }

    fn visit_expr_while_mut(&mut self, expr: &mut syn::ExprWhile) {
        self.judge(&expr.attrs);
        self.visit_expr_mut(&mut expr.cond);
        self.inside(|it| it.visit_block_mut(&mut expr.body));
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut syn::ExprForLoop) {
        self.judge(&expr.attrs);
        self.visit_expr_mut(&mut expr.expr);
        self.inside(|it| it.visit_block_mut(&mut expr.body));
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut syn::ExprClosure) {
        self.inside(|it| walk::expr_closure(it, expr));
    }

    fn visit_expr_async_mut(&mut self, expr: &mut syn::ExprAsync) {
        self.inside(|it| walk::expr_async(it, expr));
    }

    fn visit_expr_break_mut(&mut self, expr: &mut syn::ExprBreak) {
        self.stray |= self.depth == 0 && expr.label.is_none();
        walk::expr_break(self, expr);
    }

    fn visit_expr_continue_mut(&mut self, expr: &mut syn::ExprContinue) {
        self.stray |= self.depth == 0 && expr.label.is_none();
    }

    /// Reached only if the attribute is not on a loop.
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if is_loop_guard(attribute) {
            self.errors.push(Error::new_spanned(
                attribute.path(),
                "inside a function `loop_guard` goes on a loop or an item: move it there",
            ));
        }
    }

    /// The call is only parsed when it is rewritten; until then a keyword counts as a loop.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let loops = calls::mentions_loop(call.tokens.clone());
        self.found |= loops;
        self.count += usize::from(loops);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}
