//! The visitor: puts a check at the head of every loop. Reports no error.

use proc_macro2::TokenStream;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprClosure, ExprForLoop, ExprLoop, ExprWhile, Item, ItemFn, Stmt};

use crate::analyze::Plan;
use crate::emit::{Emit, Mark, statement};

/// Edits the function's block in place; signature and attributes are not touched.
///
/// ```text
/// fn f() -> R { body }   =>   fn f() -> R { enter; body, its loops checked }
/// ```
pub(crate) fn instrument(plan: &Plan<'_>, function: &mut ItemFn) {
    let mut instrument = Instrument { emit: Emit::new(plan), declared: plan.budget.is_some(), wanted: false };
    instrument.visit_block_mut(&mut function.block);

    let Instrument { emit, .. } = instrument;
    let ident = &function.sig.ident;
    let enter = plan.budget.as_ref().map(|limits| emit.enter(limits, ident)).unwrap_or_default();
    let block = &mut function.block;
    if let Some(tokens) = emit.with_fallback(&enter, block, diverges(block)) {
        block.stmts = vec![statement(tokens)];
    } else if !enter.is_empty() {
        block.stmts.insert(0, statement(enter));
    }
}

/// Whether the block visibly never yields, so that a `return` in front of it would be unreachable.
fn diverges(block: &Block) -> bool {
    match block.stmts.last() {
        Some(Stmt::Expr(Expr::Loop(expr), None)) => !breaks(expr),
        _ => false,
    }
}

/// Whether a `break` stands anywhere in the loop; one of an inner loop counts too, which is harmless.
fn breaks(expr: &ExprLoop) -> bool {
    struct Breaks(bool);
    impl VisitMut for Breaks {
        fn visit_expr_break_mut(&mut self, _: &mut syn::ExprBreak) {
            self.0 = true;
        }
    }
    let mut breaks = Breaks(false);
    breaks.visit_expr_loop_mut(&mut expr.clone());
    breaks.0
}

struct Instrument<'p> {
    emit: Emit<'p>,
    /// Whether `__seen` is in scope here.
    declared: bool,
    /// Whether a loop of the statement at hand needs it declared.
    wanted: bool,
}

impl Instrument<'_> {
    /// `{ body }   =>   { check; body }`
    fn check(&mut self, mark: Mark, body: &mut Block) {
        self.wanted |= !self.declared;
        let declared = std::mem::replace(&mut self.declared, true);
        self.visit_block_mut(body);
        self.declared = declared;
        body.stmts.insert(0, statement(self.emit.check(mark)));
    }

    fn declaration(&self) -> TokenStream {
        self.emit.inherit()
    }
}

impl VisitMut for Instrument<'_> {
    /// Where no scope is opened, `__seen` is declared right before the statement with the outermost
    /// loop: a function that returns before its loop pays nothing.
    fn visit_block_mut(&mut self, block: &mut Block) {
        let outer = std::mem::replace(&mut self.wanted, false);
        let mut index = 0;
        while index < block.stmts.len() {
            self.visit_stmt_mut(&mut block.stmts[index]);
            if std::mem::replace(&mut self.wanted, false) {
                block.stmts.insert(index, statement(self.declaration()));
                index += 1;
            }
            index += 1;
        }
        self.wanted = outer;
    }

    fn visit_expr_loop_mut(&mut self, expr: &mut ExprLoop) {
        let mark = Mark { kind: "loop", span: expr.loop_token.span };
        self.check(mark, &mut expr.body);
    }

    fn visit_expr_while_mut(&mut self, expr: &mut ExprWhile) {
        self.visit_expr_mut(&mut expr.cond);
        let kind = if matches!(*expr.cond, Expr::Let(_)) { "while let" } else { "while" };
        self.check(Mark { kind, span: expr.while_token.span }, &mut expr.body);
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut ExprForLoop) {
        self.visit_expr_mut(&mut expr.expr);
        let mark = Mark { kind: "for", span: expr.for_token.span };
        self.check(mark, &mut expr.body);
    }

    fn visit_expr_repeat_mut(&mut self, expr: &mut syn::ExprRepeat) {
        // The length is evaluated at compile time.
        self.visit_expr_mut(&mut expr.expr);
    }

    // Loops in nested items belong to those; `const` blocks, types and patterns run at compile time.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_pat_mut(&mut self, _: &mut syn::Pat) {}
    fn visit_path_arguments_mut(&mut self, _: &mut syn::PathArguments) {}

    // A function cannot be left from inside these by `return`.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
}

