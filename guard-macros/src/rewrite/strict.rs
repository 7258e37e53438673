//! A future that is `strict`, or whose `Budget` may be, and whose body stays in place: what leaves the body is checked once
//! more. If the `Budget` decides, each `tick` is `if budget.is_strict() { tick }`.
//!
//! ```text
//! { body }   =>   let value = probe.typed('strict: { { body } }); tick; value
//! return value   =>   break 'strict value
//! tried?   =>   (match (tried) { tried => { if failed(&tried) { tick } tried } })?
//! ```
//! An error that leaves by `?` is checked before the body's locals are dropped, any other result afterwards.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Block, Expr, ExprAsync, ExprBreak, ExprClosure, ExprConst, Ident, Item, Lifetime};
use syn::{Macro, Token};

use crate::emit::{Emit, Mark, Position, braced, parenthesized_at, q, statement};
use crate::plan::Plan;
use crate::syntax::diverge::{self, Yields};
use crate::syntax::paths::ends_in;
use crate::syntax::walk::{self, Visitor};

/// Macros that return, though nothing in their arguments does.
const LEAVE: &str = "bail ready";

/// Whether a result after the deadline is a trip, or is one if the budget says so.
pub(crate) fn may_be(plan: &Plan<'_>) -> bool {
    let limits = plan.budget.as_ref();
    let named = limits.and_then(|limits| limits.via_budget.as_ref()?.budget);
    plan.strict || named.is_some()
}

/// Whether every `return` and `?` of the body is in sight: none is in a macro.
pub(crate) fn leaves_in_sight(body: &mut Block) -> bool {
    let mut macros = Macros { leave: false };
    macros.visit_block_mut(body);
    !macros.leave
}

/// The ways out of a body that were replaced.
pub(crate) struct Strict {
    tick: TokenStream,
    /// Whether the body returns.
    returns: bool,
    /// Whether it yields a value at its end.
    yields: Yields,
}

/// Replaces what leaves the body.
pub(crate) fn replace(block: &mut Block, emit: &Emit<'_>, function: &Ident) -> Strict {
    let mark = Mark::new("async fn", function.span());
    let mut tick = emit.tick(mark, Position::Body, true);
    if !emit.plan.strict {
        tick = q!(if __budget.is_strict() { #tick });
    }
    let mut strict = Replacement {
        emit,
        strict: Strict {
            tick,
            returns: false,
            yields: diverge::block(block),
        },
    };
    strict.visit_block_mut(block);
    strict.strict
}

impl Strict {
    /// Checks the value of the block, whose ways out were replaced.
    pub(crate) fn check(&self, block: &mut Block) {
        let tick = &self.tick;
        let label = match (self.yields, self.returns) {
            (_, true) => Some(q!('__strict:)),
            (Yields::Never, false) => return,
            (Yields::Perhaps | Yields::Surely, false) => None,
        };
        // The compiler would call what stands behind a diverging body unreachable.
        let allow = (self.yields == Yields::Perhaps).then(|| q!(#[allow(unreachable_code)]));
        let mut body = braced(block);
        if let Some(label) = label {
            // A block begins with its label, which is ours, and that decides when its temporaries are dropped. So the
            // user's braces stay inside.
            body = q!(#label { #body });
        }
        let checked = q!(#allow let __value = __probe.typed(#body); #tick __value);
        block.stmts = vec![statement(checked)];
    }
}

struct Macros {
    leave: bool,
}

impl Visitor for Macros {
    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let leaves_itself = ends_in(&call.path, LEAVE);
        self.leave |= leaves_itself || may_leave(call.tokens.clone());
    }

    // What leaves these does not leave the body.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

fn may_leave(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => may_leave(group.stream()),
        TokenTree::Ident(ident) => ident == "return",
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Literal(_) => false,
    })
}

struct Replacement<'e> {
    emit: &'e Emit<'e>,
    strict: Strict,
}

impl Visitor for Replacement<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        walk::expr(self, expr);
        match expr {
            Expr::Return(leave) => {
                self.strict.returns = true;
                *expr = Expr::Break(ExprBreak {
                    attrs: std::mem::take(&mut leave.attrs),
                    break_token: Token![break](leave.return_token.span),
                    label: Some(Lifetime::new("'__strict", Span::mixed_site())),
                    expr: leave.expr.take(),
                });
            }
            Expr::Try(tried) => {
                let (private, tick, base) = (&self.emit.private, &self.strict.tick, &tried.expr);
                let checked = q! {
                    match (#base) {
                        __tried => {
                            if #private::has_failed(&__tried) { #tick }
                            __tried
                        }
                    }
                };
                // What was quoted parses. Its loops and awaits are still to be replaced, so it is no mere tokens.
                if let Ok(checked) = syn::parse2(parenthesized_at(base, checked)) {
                    *tried.expr = checked;
                }
            }
            _ => {}
        }
    }

    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
