//! Which `while`s and `loop`s are checked once in eight iterations: those with a small plain body.
//!
//! The number is a constant, so that the optimiser unrolls the eight iterations and counts nothing
//! (`benches/corpus/README.md` shows the effect of four and of sixteen).

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{BinOp, Block, Expr, ExprBreak, ExprLoop, ExprWhile, Lifetime, Stmt, Token};

use crate::strips::plain::is_plain;
use crate::syntax::calls;
use crate::syntax::walk::{self, Visitor};

/// The largest number of tokens of a body: the optimiser does not unroll a longer one.
const SMALL: usize = 100;

/// Whether the loop qualifies. If so, its jumps are redirected to `'__strips` and `'__body`.
pub(crate) fn of_while(expr: &mut ExprWhile) -> bool {
    let mut cond = Block {
        brace_token: expr.body.brace_token,
        stmts: vec![Stmt::Expr((*expr.cond).clone(), None)],
    };
    let binds = calls::any_ident(expr.cond.to_token_stream(), &|ident| ident == "let");
    let qualifies = expr.label.is_none()
        && compares(&expr.cond)
        && !binds
        && is_plain(&mut cond)
        && is_small(&mut expr.body);
    if qualifies {
        Jumps { asks: true }.visit_block_mut(&mut expr.body);
    }
    qualifies
}

/// Whether the loop qualifies. If so, its `break`s are redirected to `'__strips`.
pub(crate) fn of_loop(expr: &mut ExprLoop) -> bool {
    let qualifies = expr.label.is_none() && is_small(&mut expr.body);
    if qualifies {
        Jumps { asks: false }.visit_block_mut(&mut expr.body);
    }
    qualifies
}

/// Whether a condition is certain to be a `bool`: it is assigned to a variable, which must not change the
/// compiler's messages about it.
fn compares(cond: &Expr) -> bool {
    let Expr::Binary(binary) = cond else {
        return false;
    };
    matches!(
        binary.op,
        BinOp::And(_)
            | BinOp::Or(_)
            | BinOp::Eq(_)
            | BinOp::Ne(_)
            | BinOp::Lt(_)
            | BinOp::Le(_)
            | BinOp::Gt(_)
            | BinOp::Ge(_)
    )
}

fn is_small(body: &mut Block) -> bool {
    !body.stmts.is_empty() && length(body.to_token_stream()) <= SMALL && is_plain(body)
}

fn length(tokens: TokenStream) -> usize {
    let of = |token| match token {
        TokenTree::Group(group) => 1 + length(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(of).sum()
}

/// A label of ours, at the place of one of the user's jumps.
fn label(name: &str, place: Span) -> Lifetime {
    Lifetime::new(name, Span::mixed_site().located_at(place))
}

/// Redirects each `break` without a label to the outer of the two loops and, if the loop has a condition (`asks`),
/// each `continue` to where it is evaluated. A plain body has no labels inside, and its loops have no jumps.
struct Jumps {
    asks: bool,
}

impl Visitor for Jumps {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Continue(jump) if self.asks && jump.label.is_none() => {
                let place = jump.continue_token.span;
                *expr = Expr::Break(ExprBreak {
                    attrs: std::mem::take(&mut jump.attrs),
                    break_token: Token![break](place),
                    label: Some(label("'__body", place)),
                    expr: None,
                });
            }
            Expr::Break(jump) if jump.label.is_none() => {
                jump.label = Some(label("'__strips", jump.break_token.span));
            }
            _ => walk::expr(self, expr),
        }
    }
}
